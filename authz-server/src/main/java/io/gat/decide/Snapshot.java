package io.gat.decide;

import io.gat.keys.TrustedKeys;
import io.gat.policy.Policy;
import io.gat.revocation.FeedView;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * All that a check judges by, as it was at one moment; a check takes one and never looks again.
 *
 * @param feeds per issuer what its feed has told: lease, epoch and revocations as one value; an
 *     issuer without an entry has no feed
 * @param policy what decides
 * @param candidate what is judged by as well, and never decides; empty where nothing is
 */
public record Snapshot(
    Map<String, FeedView> feeds, TrustedKeys keys, Policy policy, Optional<Policy> candidate) {
  public Snapshot {
    feeds = Map.copyOf(feeds);
    Objects.requireNonNull(keys);
    Objects.requireNonNull(policy);
    Objects.requireNonNull(candidate);
  }

  /** A snapshot without a candidate. */
  public Snapshot(Map<String, FeedView> feeds, TrustedKeys keys, Policy policy) {
    this(feeds, keys, policy, Optional.empty());
  }

  /** What the feed of this issuer has told; empty for an issuer without a feed. */
  public Optional<FeedView> feed(String issuer) {
    return Optional.ofNullable(feeds.get(issuer));
  }
}
