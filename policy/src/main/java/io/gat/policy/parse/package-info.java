/**
 * Text into a tree with positions, and problems with a place and a remedy.
 *
 * <p>Collaborators: {@code io.gat.policy.compile} and the server's configuration read the tree. All
 * types are immutable and safe to share between threads.
 */
@NullMarked
package io.gat.policy.parse;

import org.jspecify.annotations.NullMarked;
