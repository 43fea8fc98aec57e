package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdaptiveLimitTest {
  private static final Duration SLOW = AdaptiveLimit.TARGET.multipliedBy(3);
  private static final Duration QUICK = AdaptiveLimit.TARGET.dividedBy(10);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000); // it may wrap around
  private final AdaptiveLimit limit = new AdaptiveLimit(nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void window(Duration... samples) {
    for (Duration sample : samples) {
      assertTrue(limit.tryAcquire());
      limit.release(sample);
    }
    pass(AdaptiveLimit.WINDOW);
    assertTrue(limit.tryAcquire());
    limit.release(samples[0]); // what ends after the window ends the window
  }

  private int fill() {
    int taken = 0;
    while (limit.tryAcquire()) {
      taken++;
    }
    return taken;
  }

  @Test
  void givesAsManySlotsAsItsLimitAndEachBack() {
    int first = limit.limit();
    assertEquals(first, fill());
    assertTrue(limit.isFull());
    limit.release(QUICK);
    assertFalse(limit.isFull());
    assertTrue(limit.tryAcquire());
    assertFalse(limit.tryAcquire());
    assertEquals(first, limit.inFlight());
  }

  @Test
  void shrinksWhereEvenTheQuickestCheckHadToWait() {
    int before = limit.limit();
    window(SLOW, SLOW.multipliedBy(20));
    assertEquals(before / 2, limit.limit());
  }

  @Test
  void shrinksOnlyALittleWhereTheQueueIsALittleTooLong() {
    int before = limit.limit();
    window(AdaptiveLimit.TARGET.plusNanos(1));
    assertEquals((int) (before * 0.95), limit.limit());
  }

  @Test
  void staysWhereOneCheckOfManyPassedWithoutWaiting() {
    int before = limit.limit();
    window(SLOW, SLOW, QUICK, SLOW);
    assertEquals(before, limit.limit());
  }

  @Test
  void growsOnlyWhereItWasInTheWay() {
    int before = limit.limit();
    window(QUICK);
    assertEquals(before, limit.limit());
    int taken = fill();
    for (int i = 0; i < taken; i++) {
      limit.release(QUICK);
    }
    window(QUICK);
    assertTrue(limit.limit() > before, () -> "still " + limit.limit());
  }

  @Test
  void learnsNothingFromAStandstill() {
    int before = limit.limit();
    pass(AdaptiveLimit.WINDOW.multipliedBy(50));
    window(QUICK);
    assertEquals(before, limit.limit());
  }

  @Test
  void neverLeavesItsBounds() {
    for (int i = 0; i < 100; i++) {
      window(SLOW.multipliedBy(1_000));
    }
    assertEquals(AdaptiveLimit.MIN, limit.limit());
    for (int i = 0; i < 200; i++) {
      int taken = fill();
      for (int n = 0; n < taken; n++) {
        limit.release(QUICK);
      }
      window(QUICK);
    }
    assertEquals(AdaptiveLimit.MAX, limit.limit());
  }

  /**
   * A container with a fifth of a CPU: of each 100 ms it works for 20 and stands still for 80. A
   * check takes 200 µs of work, so 100 checks fit in; ten times as many arrive.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void keepsTheQueueShortAndTheServerBusyInAThrottledContainer(long seed) {
    Random random = new Random(seed);
    Duration work = Duration.ofNanos(200_000);
    ArrayDeque<Long> queue = new ArrayDeque<>();
    long arrived = nanos.get();
    int answered = 0;
    int periods = 100;
    for (int period = 0; period < periods; period++) {
      long end = nanos.get() + Duration.ofMillis(20).toNanos();
      while (nanos.get() - end < 0) {
        while (arrived - nanos.get() < 0) {
          if (limit.tryAcquire()) {
            queue.add(nanos.get()); // read now, however long it has been in the socket
          }
          arrived += 100_000 + random.nextInt(1_000);
        }
        Long readAt = queue.poll();
        pass(work);
        if (readAt != null) {
          limit.release(Duration.ofNanos(nanos.get() - readAt));
          answered += period >= periods / 2 ? 1 : 0;
        }
      }
      pass(Duration.ofMillis(80));
    }
    int possible = 100 * periods / 2;
    assertTrue(answered > possible * 0.95, "answered " + answered + " of " + possible);
    long longest = AdaptiveLimit.TARGET.multipliedBy(3).dividedBy(work);
    assertTrue(limit.limit() < longest, "the queue holds " + limit.limit());
  }
}
