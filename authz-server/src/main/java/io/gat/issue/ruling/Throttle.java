package io.gat.issue.ruling;

import java.time.Duration;
import java.util.Objects;

/**
 * Says how often somebody may ask. One principal's storm takes nothing from the others. Safe to
 * share between threads; never blocks.
 */
public interface Throttle {
  /** Lets a principal ask once more, or says when to come again. */
  Admission admit(String principal);

  /** Lets everybody. */
  static Throttle none() {
    return principal -> new Admission.Now();
  }

  /** What it says. */
  sealed interface Admission {
    /** Ask. */
    record Now() implements Admission {}

    /** Come again, not before that time is over. */
    record Later(Duration pause) implements Admission {
      public Later {
        Objects.requireNonNull(pause);
      }
    }
  }

  /**
   * How fast a bucket of permits fills.
   *
   * @param permits in each period, above 0
   * @param period above 0
   * @param burst how many it holds, at least as many as come at once: 1 or more
   */
  record Rate(long permits, Duration period, long burst) {
    public Rate {
      if (permits < 1 || !period.isPositive() || burst < 1) {
        throw new IllegalArgumentException("a rate is above zero");
      }
    }

    /** Permits in a second. */
    public double perSecond() {
      return permits * 1e9 / period.toNanos();
    }
  }

  /**
   * How much all and each may ask.
   *
   * @param each one principal; less than half of what all may
   * @param all of them together
   */
  record Limits(Rate each, Rate all) {
    public static final Limits STANDARD =
        new Limits(
            new Rate(50, Duration.ofSeconds(1), 100),
            new Rate(5_000, Duration.ofSeconds(1), 10_000));

    public Limits {
      if (!isFair(each, all)) {
        throw new IllegalArgumentException("one principal takes less than half of all");
      }
    }

    /** True where one principal alone can't take what the others need. */
    public static boolean isFair(Rate each, Rate all) {
      return each.perSecond() * 2 <= all.perSecond() && each.burst() * 2 <= all.burst();
    }
  }
}
