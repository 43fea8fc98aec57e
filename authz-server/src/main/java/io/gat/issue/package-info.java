/**
 * Minting of tokens, and the revocations of an issuer that runs inside this process.
 *
 * <p>Collaborators: {@code keys} for the signing key, {@code token} for the token's id, {@code
 * revocation} for what a feed tells. {@link io.gat.issue.EmbeddedFeed} stands where the control
 * plane's stream will: whatever takes its {@link io.gat.revocation.FeedView}s will take the
 * stream's. All classes are safe to share between threads.
 */
@NullMarked
package io.gat.issue;

import org.jspecify.annotations.NullMarked;
