package io.gat.keys.life;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test sets. */
final class Clock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-11-26T12:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  private volatile Duration passed = Duration.ZERO;

  void pass(Duration time) {
    now = now.plus(time);
    passed = passed.plus(time);
  }

  /** Somebody sets it; no time passes. */
  void step(Duration time) {
    now = now.plus(time);
  }

  /** How much time has really passed. */
  Duration uptime() {
    return passed;
  }
}
