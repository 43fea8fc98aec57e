package io.gat.revocation;

import java.util.Objects;

/**
 * What one issuer's feed has told so far, as one value, so that a lease never vouches for another
 * set than the one it stands beside.
 *
 * @param lease until when the set may be called fresh
 * @param epoch the position of the last revocation applied, in [0, ∞)
 * @param revocations all revocations up to {@code epoch}
 */
public record FeedView(Lease lease, long epoch, RevocationSet revocations) {
  public FeedView {
    Objects.requireNonNull(lease);
    Objects.requireNonNull(revocations);
    if (epoch < 0) {
      throw new IllegalArgumentException("an epoch counts from 0");
    }
  }

  /** A feed that has told nothing yet: stale. */
  public static FeedView silent(Moment now) {
    return new FeedView(Lease.none(now), 0, RevocationSet.empty());
  }
}
