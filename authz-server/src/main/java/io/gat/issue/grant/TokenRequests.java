package io.gat.issue.grant;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Counts token requests. Called by several threads; must not throw. */
@FunctionalInterface
public interface TokenRequests {
  /**
   * Counts one.
   *
   * @param grant empty where the request names none that gat knows
   * @param reason {@code ok}, or the code of the refusal: from a bounded vocabulary
   * @param took from its last byte to its answer
   */
  void answered(Optional<Grant> grant, Outcome outcome, String reason, Duration took);

  /** Counts nothing. */
  static TokenRequests uncounted() {
    return (grant, outcome, reason, took) -> {};
  }

  /** How a request ended. */
  enum Outcome {
    ISSUED,
    REFUSED,
    THROTTLED,
    UNAVAILABLE;

    /** As metrics have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
