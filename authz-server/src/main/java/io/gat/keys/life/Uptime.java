package io.gat.keys.life;

import java.time.Duration;

/** How much time has passed, by a clock that nobody sets. */
@FunctionalInterface
public interface Uptime {
  /** Since a moment that stays the same for the life of this process; never less than before. */
  Duration now();

  /** By the machine's own counter, which may stand still while the machine sleeps. */
  static Uptime ofProcess() {
    long origin = System.nanoTime();
    return () -> Duration.ofNanos(System.nanoTime() - origin);
  }
}
