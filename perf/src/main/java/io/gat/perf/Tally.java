package io.gat.perf;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** How the calls of a phase fared. */
final class Tally implements CheckCaller.Listener {
  private static final int SAMPLES = 2_000_000;

  private final long[] micros = new long[SAMPLES];
  private final AtomicInteger decided = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final long start;

  /** Counts the calls that were due after the given time: those of its own phase. */
  Tally(long start) {
    this.start = start;
  }

  @Override
  public void decided(long due) {
    if (due - start < 0) {
      return;
    }
    int i = decided.getAndIncrement();
    if (i < SAMPLES) {
      micros[i] = (System.nanoTime() - due) / 1_000;
    }
  }

  @Override
  public void refused(long due) {
    if (due - start >= 0) {
      refused.incrementAndGet();
    }
  }

  @Override
  public void lost() {
    lost.incrementAndGet();
  }

  /** How long each decided call took, in µs, the shortest first. */
  long[] sorted() {
    long[] all = Arrays.copyOf(micros, Math.min(decided.get(), SAMPLES));
    Arrays.sort(all);
    return all;
  }

  int refused() {
    return refused.get();
  }

  int timesLost() {
    return lost.get();
  }

  /** A percentile of sorted µs, in ms. */
  static double percentile(long[] sorted, int percent) {
    return sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1] / 1_000.0;
  }
}
