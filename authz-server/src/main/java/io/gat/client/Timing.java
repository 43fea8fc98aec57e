package io.gat.client;

import java.time.Duration;

/**
 * How long a client waits for what.
 *
 * @param connect for a connection, above 0, default 300 ms
 * @param hedge for an answer, before the next issuer is asked, too; above 0, default 400 ms: so two
 *     issuers that take a connection and never answer cost less than a second
 * @param patience for any answer at all, above both, default 5 s
 * @param firstPause how long an issuer that has failed once is asked last, default 200 ms; it
 *     doubles with each failure, and up to half of it is left to chance
 * @param longestPause what it grows to, default 30 s
 */
public record Timing(
    Duration connect,
    Duration hedge,
    Duration patience,
    Duration firstPause,
    Duration longestPause) {
  public Timing {
    if (!connect.isPositive()
        || !hedge.isPositive()
        || connect.compareTo(patience) >= 0
        || hedge.compareTo(patience) >= 0
        || !firstPause.isPositive()
        || longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException("0 < connect, hedge < patience; 0 < first ≤ longest");
    }
  }

  /** The defaults. */
  public static Timing standard() {
    return new Timing(
        Duration.ofMillis(300),
        Duration.ofMillis(400),
        Duration.ofSeconds(5),
        Duration.ofMillis(200),
        Duration.ofSeconds(30));
  }
}
