/**
 * Signed policy bundles: a folder's files in a tar archive, with a manifest that one of the
 * operator's keys has signed.
 *
 * <p>Collaborators: {@code io.gat.keys} checks and makes the signature; {@code io.gat.server} polls
 * and runs what is in a bundle. Everything here is immutable or confined to one call.
 */
@NullMarked
package io.gat.bundle;

import org.jspecify.annotations.NullMarked;
