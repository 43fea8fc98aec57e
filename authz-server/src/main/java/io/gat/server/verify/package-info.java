/**
 * Policy tests by the real way of a check: real signed tokens, the real verifier and decider, and
 * the messages that Envoy sends and gets.
 *
 * <p>Collaborators: {@link io.gat.policy.verify} reads and runs the tests; the command line and the
 * policy's reload start them. Nothing here trusts, or is trusted by, anything outside. Safe to
 * share between threads.
 */
@NullMarked
package io.gat.server.verify;

import org.jspecify.annotations.NullMarked;
