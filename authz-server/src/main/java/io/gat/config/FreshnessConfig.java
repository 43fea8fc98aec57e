package io.gat.config;

import io.gat.decide.WhenStale;
import java.time.Duration;
import java.util.Objects;

/**
 * How old the knowledge of revocations may be.
 *
 * @param maxStaleness in (0, 10 min], default 5 s
 * @param whenStale default {@link WhenStale#ERROR}
 */
public record FreshnessConfig(Duration maxStaleness, WhenStale whenStale) {
  static final Duration MAX_STALENESS = Duration.ofMinutes(10);

  public FreshnessConfig {
    Objects.requireNonNull(whenStale);
    if (!maxStaleness.isPositive() || maxStaleness.compareTo(MAX_STALENESS) > 0) {
      throw new IllegalArgumentException("max-staleness is in (0, 10 min]");
    }
  }
}
