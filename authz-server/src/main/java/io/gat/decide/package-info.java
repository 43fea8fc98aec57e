/**
 * The decision: one immutable snapshot, one order of judgement, one place where an allow is made.
 *
 * <p>Collaborators: {@code policy}, {@code token} and {@code revocation} judge the parts; {@code
 * extauthz} asks, {@code cache} and {@code telemetry} implement the interfaces owned here. The
 * {@link io.gat.decide.Decider} is safe to share between threads. A candidate is judged by beside
 * the policy in the same way; what comes of it is a {@link io.gat.decide.Trial}, never an answer.
 */
@NullMarked
package io.gat.decide;

import org.jspecify.annotations.NullMarked;
