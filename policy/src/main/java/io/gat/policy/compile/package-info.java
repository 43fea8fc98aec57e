/**
 * Tree into an immutable policy, all errors at once.
 *
 * <p>Collaborators: {@code parse} gives trees with positions, {@code evaluate} holds what comes
 * out. Used by one thread at a time; what it returns is immutable.
 */
@NullMarked
package io.gat.policy.compile;

import org.jspecify.annotations.NullMarked;
