/**
 * Trees into an immutable policy, with all errors at once.
 *
 * <p>Collaborators: {@code parse} gives the trees, {@code evaluate} is what they become. {@link
 * io.gat.policy.compile.PolicyCompiler} is the only way in. Nothing here is shared between threads.
 */
@NullMarked
package io.gat.policy.compile;

import org.jspecify.annotations.NullMarked;
