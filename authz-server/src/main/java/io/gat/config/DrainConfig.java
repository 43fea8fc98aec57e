package io.gat.config;

import java.time.Duration;

/**
 * How a server ends that is told to.
 *
 * @param delay how long it still takes new calls after it has said that it is not ready, so that
 *     whoever sends them learns of it; in [0, 10 min], default 5 s
 * @param grace how long calls in flight may take after that, in [0, 10 min], default 10 s
 */
public record DrainConfig(Duration delay, Duration grace) {
  static final Duration DELAY = Duration.ofSeconds(5);
  static final Duration GRACE = Duration.ofSeconds(10);
  static final Duration MOST = Duration.ofMinutes(10);

  public DrainConfig {
    if (isOutOfRange(delay) || isOutOfRange(grace)) {
      throw new IllegalArgumentException("delay and grace are in [0, 10 min]");
    }
  }

  static boolean isOutOfRange(Duration duration) {
    return duration.isNegative() || duration.compareTo(MOST) > 0;
  }
}
