package io.gat.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A point in time, read from both of a machine's clocks. The wall clock can be set; the monotonic
 * clock stops while the machine is suspended. Whoever must not trust either asks both.
 *
 * @param wall the wall clock
 * @param monotonic time since an arbitrary point that is fixed for the process, by {@link
 *     System#nanoTime}
 */
public record Moment(Instant wall, Duration monotonic) {
  public Moment {
    Objects.requireNonNull(wall);
    Objects.requireNonNull(monotonic);
  }

  /** The stricter of both clocks: the longer time that either says has passed since then. */
  public Duration since(Moment earlier) {
    Duration byWall = Duration.between(earlier.wall, wall);
    Duration byMonotonic = monotonic.minus(earlier.monotonic);
    return byWall.compareTo(byMonotonic) >= 0 ? byWall : byMonotonic;
  }

  /** Reads both clocks; tests have their own. */
  public interface Source {
    Moment now();

    /** The machine's clocks. */
    static Source system() {
      return () -> new Moment(Instant.now(), Duration.ofNanos(System.nanoTime()));
    }
  }
}
