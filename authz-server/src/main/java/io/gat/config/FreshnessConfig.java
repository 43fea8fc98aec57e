package io.gat.config;

import io.gat.decide.FreshnessTerms;
import io.gat.decide.WhenStale;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * How old the knowledge of revocations may be.
 *
 * @param maxStaleness in (0, 10 min], default 5 s
 * @param whenStale default {@link WhenStale#ERROR}
 * @param services those that want it otherwise, by name; none is more patient than {@code
 *     maxStaleness}, which is what this server tells issuers of itself
 */
public record FreshnessConfig(
    Duration maxStaleness, WhenStale whenStale, Map<String, FreshnessTerms.OfService> services) {
  static final Duration MAX_STALENESS = Duration.ofMinutes(10);

  public FreshnessConfig {
    Objects.requireNonNull(whenStale);
    services = Map.copyOf(services);
    if (!maxStaleness.isPositive() || maxStaleness.compareTo(MAX_STALENESS) > 0) {
      throw new IllegalArgumentException("max-staleness is in (0, 10 min]");
    }
    for (FreshnessTerms.OfService one : services.values()) {
      if (one.maxStaleness().compareTo(maxStaleness) > 0) {
        throw new IllegalArgumentException("no service is more patient than the others");
      }
    }
  }

  /** The shortest max-staleness: proofs must come often enough for it. */
  public Duration strictest() {
    return services.values().stream()
        .map(FreshnessTerms.OfService::maxStaleness)
        .min(Duration::compareTo)
        .orElse(maxStaleness);
  }

  /** As checks are judged by it. */
  public FreshnessTerms terms() {
    return new FreshnessTerms(whenStale, services);
  }
}
