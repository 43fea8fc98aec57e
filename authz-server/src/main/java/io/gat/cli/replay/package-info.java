/**
 * Decides recorded calls again, by two policy sets.
 *
 * <p>A decision record tells most of what a decision read, and not all: header values, query
 * values, addresses and claims are not in it. What is not there is unknown here and never guessed:
 * an answer that hangs on it is reported as such.
 *
 * <p>Collaborators: {@code policy.verify.diff} says what rules have in common, {@code telemetry}
 * reads the records. One replay runs in one thread and holds groups of calls, never the calls.
 */
@NullMarked
package io.gat.cli.replay;

import org.jspecify.annotations.NullMarked;
