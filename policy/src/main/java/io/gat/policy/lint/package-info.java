/**
 * What compiles and is probably not meant, such as a rule that never matches.
 *
 * <p>Collaborators: {@code compile} hands in the set that it has read, with the places of its
 * parts; {@code evaluate} answers what a call would meet. {@link io.gat.policy.lint.Lints} is the
 * only way in. Nothing here is shared between threads.
 */
@NullMarked
package io.gat.policy.lint;

import org.jspecify.annotations.NullMarked;
