package io.gat.promise;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a condition; and how long something lasts. */
final class Waits {
  private static final Duration BRIEFLY = Duration.ofMillis(20);

  private Waits() {}

  /** Between two looks at a condition. */
  static void briefly() {
    LockSupport.parkNanos(BRIEFLY.toNanos());
  }

  /** For as long as a fault lasts, or between two calls. */
  static void lasting(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long rest = time.toNanos(); rest > 0; rest = end - System.nanoTime()) {
      LockSupport.parkNanos(rest);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  /**
   * Until it holds.
   *
   * @return how long that took
   * @throws AssertionError where it does not within the time
   */
  static Duration until(String what, Duration most, BooleanSupplier holds) {
    long from = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - from > most.toNanos()) {
        throw new AssertionError("not within " + most + ": " + what);
      }
      briefly();
    }
    return Duration.ofNanos(System.nanoTime() - from);
  }
}
