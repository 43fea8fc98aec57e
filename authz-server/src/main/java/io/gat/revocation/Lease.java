package io.gat.revocation;

import java.time.Duration;
import java.util.Objects;

/**
 * Until when this server may call its revocation set fresh: it ran from the moment a probe was sent
 * that a proof has answered since.
 *
 * @param from when the probe was sent
 * @param length how long the lease runs, 0.99 × max-staleness; zero means no lease
 */
public record Lease(Moment from, Duration length) {
  /** The part of max-staleness that a lease may run: clocks may drift apart by the rest. */
  private static final int PERCENT = 99;

  public Lease {
    Objects.requireNonNull(from);
    if (length.isNegative()) {
      throw new IllegalArgumentException("a lease cannot have a negative length");
    }
  }

  /** The lease that a proof for a probe sent at {@code probeSent} gives. */
  public static Lease proved(Moment probeSent, Duration maxStaleness) {
    return new Lease(probeSent, lengthOf(maxStaleness));
  }

  /** How long a lease runs for whoever takes revocations of that age. */
  public static Duration lengthOf(Duration maxStaleness) {
    return maxStaleness.multipliedBy(PERCENT).dividedBy(100);
  }

  /** No lease: stale from the start. */
  public static Lease none(Moment now) {
    return new Lease(now, Duration.ZERO);
  }

  /** How long the lease still runs by the stricter clock; zero or less where it has run out. */
  public Duration remaining(Moment now) {
    return length.minus(now.since(from));
  }

  /** True while the lease runs: the interval is [from, from + length), by the stricter clock. */
  public boolean isFresh(Moment now) {
    return remaining(now).isPositive();
  }

  /**
   * The same for somebody stricter, whose lease from the same moment would run shorter.
   *
   * @param stricter the length of that one; where it is longer than this one's, this one's counts
   */
  public boolean isFreshFor(Duration stricter, Moment now) {
    Duration since = now.since(from);
    return since.compareTo(length) < 0 && since.compareTo(stricter) < 0;
  }
}
