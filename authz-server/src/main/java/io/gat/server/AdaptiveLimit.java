package io.gat.server;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many checks may be in work at a time. It follows the queue, not the load: as long as some
 * check of a window passes without waiting, the queue empties by itself; where even the quickest
 * one waited longer than {@link #TARGET}, there is a standing queue, which makes every answer late
 * and none of them sooner (the rule of CoDel, RFC 8289, section 3).
 *
 * <p>At the end of each {@link #WINDOW} the limit shrinks in proportion to how much too long the
 * quickest check took, at most by half; where checks were refused and none of them had to be, it
 * grows. The time of a check counts from when its request was read from the connection, so waiting
 * for a thread, for a processor, and in a container's throttling counts too. The quickest check and
 * not the mean is looked at because a container with a fraction of a CPU stands still for most of
 * each 100 ms period: then the mean says nothing about the queue.
 *
 * <p>Thread-safe, without locks.
 */
final class AdaptiveLimit {
  /** The longest that the quickest check of a window may take without shrinking the limit. */
  static final Duration TARGET = Duration.ofMillis(5);

  /** One period of Linux' CPU bandwidth control. */
  static final Duration WINDOW = Duration.ofMillis(100);

  /**
   * The least limit: what arrives while a throttled container stands still comes all at once, and
   * must not be refused for it.
   */
  static final int MIN = 64;

  /** The highest limit. */
  static final int MAX = 4_096;

  private static final int FIRST = 256;
  private static final double MOST_SHRINKAGE = 0.5;
  private static final double LEAST_SHRINKAGE = 0.95;
  private static final double GROWTH = 1.1;
  private static final int LEAST_GROWTH = 4;

  private final LongSupplier nanos;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong windowEnd;
  private final AtomicLong quickest = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean refused;
  private final Adaptation adaptation;
  private volatile int limit;

  /**
   * A limit.
   *
   * @param nanos a clock as {@link System#nanoTime()}
   */
  AdaptiveLimit(LongSupplier nanos) {
    this(nanos, FIRST, Adaptation.BY_QUEUE);
  }

  private AdaptiveLimit(LongSupplier nanos, int first, Adaptation adaptation) {
    this.limit = first;
    this.adaptation = adaptation;
    this.nanos = Objects.requireNonNull(nanos);
    this.windowEnd = new AtomicLong(nanos.getAsLong() + WINDOW.toNanos());
  }

  /** One that never refuses. */
  static AdaptiveLimit unlimited() {
    return new AdaptiveLimit(System::nanoTime, Integer.MAX_VALUE, Adaptation.NONE);
  }

  private enum Adaptation {
    BY_QUEUE,
    NONE
  }

  /**
   * Takes a slot; false where there is none. Each slot that was taken is {@link #release}d once.
   */
  boolean tryAcquire() {
    int now = inFlight.get();
    while (now < limit) {
      if (inFlight.compareAndSet(now, now + 1)) {
        return true;
      }
      now = inFlight.get();
    }
    refused = true;
    lookAtWindow();
    return false;
  }

  /** Whether {@link #tryAcquire} would fail now; a call that is turned away for it counts. */
  boolean isFull() {
    if (inFlight.get() < limit) {
      return false;
    }
    refused = true;
    lookAtWindow();
    return true;
  }

  /**
   * Gives a slot back.
   *
   * @param took since the request was read; of a check whose caller gave up, until then
   */
  void release(Duration took) {
    inFlight.decrementAndGet();
    long sample = took.toNanos();
    long least = quickest.get();
    while (sample < least && !quickest.compareAndSet(least, sample)) {
      least = quickest.get();
    }
    lookAtWindow();
  }

  /** Gives the slot of a check back that tells nothing of the queue. */
  void release() {
    inFlight.decrementAndGet();
  }

  private void lookAtWindow() {
    if (adaptation == Adaptation.NONE) {
      return;
    }
    long end = windowEnd.get();
    long now = nanos.getAsLong();
    if (now - end < 0 || !windowEnd.compareAndSet(end, now + WINDOW.toNanos())) {
      return; // not over yet, or another thread has it
    }
    boolean wanted = refused;
    refused = false;
    long least = quickest.getAndSet(Long.MAX_VALUE);
    if (least == Long.MAX_VALUE) {
      return; // nothing ended, so nothing is known: the process may have stood still
    }
    limit = next(limit, least, wanted);
  }

  private static int next(int limit, long quickestNanos, boolean wanted) {
    if (quickestNanos > TARGET.toNanos()) {
      double by = (double) TARGET.toNanos() / quickestNanos;
      return Math.max(MIN, (int) (limit * Math.clamp(by, MOST_SHRINKAGE, LEAST_SHRINKAGE)));
    }
    return wanted ? Math.min(MAX, Math.max(limit + LEAST_GROWTH, (int) (limit * GROWTH))) : limit;
  }

  /** How many may be in work now, in [{@value #MIN}, {@value #MAX}]. */
  int limit() {
    return limit;
  }

  /** How many are in work now. */
  int inFlight() {
    return inFlight.get();
  }
}
