package io.gat.server;

import io.gat.revocation.Moment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A clock for what must not be forgotten too early: never ahead of the wall clock, and never ahead
 * of the time that has passed since it was made. A wall clock that is set forward moves it no
 * faster; while the machine is suspended it may fall behind, which keeps things for longer.
 */
final class SteadyClock implements InstantSource {
  private final Moment.Source clock;
  private final Instant start;
  private final Duration startMonotonic;

  /**
   * A clock that begins now, or at an earlier time.
   *
   * @param lastKnown a time that has come for certain, such as that of a log's last record; the
   *     wall clock may be wrong when a machine has just started
   */
  SteadyClock(Moment.Source clock, Optional<Instant> lastKnown) {
    this.clock = clock;
    Moment now = clock.now();
    this.start = lastKnown.filter(now.wall()::isAfter).orElse(now.wall());
    this.startMonotonic = now.monotonic();
  }

  @Override
  public Instant instant() {
    Moment now = clock.now();
    Instant passed = start.plus(now.monotonic().minus(startMonotonic));
    return now.wall().isBefore(passed) ? now.wall() : passed;
  }
}
