/**
 * The words of the rule language: what a request looks like, what a policy holds, what it answers.
 *
 * <p>Collaborators: {@code parse} reads text into a tree with positions, {@code compile} turns the
 * tree into a {@link io.gat.policy.Policy}, {@code evaluate} answers questions to it. Free of
 * network and JSON-web code. Every type here is an immutable value and safe to share between
 * threads.
 */
@NullMarked
package io.gat.policy;

import org.jspecify.annotations.NullMarked;
