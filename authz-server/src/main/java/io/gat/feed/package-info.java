/**
 * The feed: the stream between an issuer and the authz servers that trust it, for keys,
 * revocations, proofs of freshness and single-use claims (DESIGN.md, section 9; {@code
 * feed.proto}).
 *
 * <p>On the issuer's side {@link io.gat.feed.FeedService} answers each stream from a {@link
 * io.gat.feed.FeedSource}; on the other side {@link io.gat.feed.FeedClient} keeps one stream to one
 * of several issuers and hands what it tells to a {@link io.gat.feed.FeedFollower}, which alone
 * decides what is known and until when that counts as fresh.
 *
 * <p>Protobuf types stay in this package.
 */
@NullMarked
package io.gat.feed;

import org.jspecify.annotations.NullMarked;
