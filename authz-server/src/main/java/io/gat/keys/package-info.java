/**
 * Public keys that gat trusts, where they come from, and the local signing key.
 *
 * <p>Collaborators: {@code token} verifies with a {@link io.gat.keys.KeySet}; key sources publish
 * new ones to a listener that {@code server} wires to the live snapshot. Values are immutable;
 * sources run their own virtual threads and are safe to share.
 */
@NullMarked
package io.gat.keys;

import org.jspecify.annotations.NullMarked;
