package io.gat.feed;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * When an authz server asks an issuer again that it has lost, or the next one.
 *
 * <p>After a stream that has proved something, by chance within half a second, or within a second
 * where there is no other issuer: servers that lose one in the same moment do not come to another
 * one, or back, in the same moment. In a round in which no issuer has proved anything the next one
 * is asked soon; after the round comes a pause that doubles from 0.5 s to 3 s, each by chance
 * between half of it and all of it. Not safe to share.
 */
final class Reconnection {
  private static final Duration FAIL_OVER = Duration.ofMillis(500);
  private static final Duration COME_BACK = Duration.ofSeconds(1);
  private static final Duration NEXT = Duration.ofMillis(100);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  private final int issuers;
  private final RandomGenerator random;
  private int failures;
  private Duration pause = FIRST_PAUSE;

  /**
   * None yet.
   *
   * @param issuers how many there are, in [1, ∞)
   */
  Reconnection(int issuers, RandomGenerator random) {
    this.issuers = issuers;
    this.random = Objects.requireNonNull(random);
  }

  /** How long to wait after a stream that has proved something. */
  Duration afterProved() {
    failures = 0;
    pause = FIRST_PAUSE;
    return between(Duration.ZERO, issuers == 1 ? COME_BACK : FAIL_OVER);
  }

  /** How long to wait after one that has proved nothing. */
  Duration afterFailure() {
    failures++;
    if (failures % issuers != 0) {
      return between(Duration.ZERO, NEXT);
    }
    Duration now = pause;
    Duration twice = pause.multipliedBy(2);
    pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    return between(now.dividedBy(2), now);
  }

  private Duration between(Duration least, Duration most) {
    return least.plusNanos(random.nextLong(most.minus(least).toNanos() + 1));
  }
}
