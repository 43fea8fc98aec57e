/**
 * What was revoked, up to which position, and until when this server may call itself fresh.
 *
 * <p>Depends on nothing of gat; Guava's Bloom filter is used here and nowhere else. Values are
 * immutable snapshots; whoever feeds them publishes a new one.
 */
@NullMarked
package io.gat.revocation;

import org.jspecify.annotations.NullMarked;
