package io.gat.keys.life;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the keys of the ring wait for, so that a clock that is set forward shortens no wait: one is
 * over when the clock says so, and when as much time has really passed as there was left when this
 * process first saw the record. What was before that, in an earlier process above all, it knows by
 * the clock alone. Safe to share between threads.
 */
final class Waits {
  private final KeyTerms terms;
  private final InstantSource clock;
  private final Uptime uptime;
  private Map<Wait, Duration> over = Map.of();

  /** A key's wait; another one where the time is another. */
  private record Wait(String kid, Instant until) {}

  Waits(KeyTerms terms, InstantSource clock, Uptime uptime) {
    this.terms = Objects.requireNonNull(terms);
    this.clock = Objects.requireNonNull(clock);
    this.uptime = Objects.requireNonNull(uptime);
  }

  /** Sees a ring: for the waits that are new in it, time begins to count. */
  synchronized void see(KeyRing ring) {
    Instant now = clock.instant();
    Duration up = uptime.now();
    Map<Wait, Duration> seen = new HashMap<>();
    for (KeyEntry key : ring.keys()) {
      Optional<Instant> until = until(key);
      if (until.isPresent()) {
        Wait wait = new Wait(key.kid(), until.get());
        Duration known = over.get(wait);
        seen.put(wait, known == null ? up.plus(Duration.between(now, until.get())) : known);
      }
    }
    over = seen;
  }

  /**
   * Until when a key waits for the next step of its life; empty where that is no matter of time.
   */
  private Optional<Instant> until(KeyEntry key) {
    return switch (key.stage()) {
      case Stage.Pending p ->
          switch (key.lead()) {
            case NEEDED -> Optional.of(key.knownFrom(terms.publishLead()));
            case NOT_NEEDED -> Optional.empty();
          };
      case Stage.Active a -> Optional.of(a.signsUntil().plus(terms.leeway()));
      case Stage.Retiring r -> Optional.of(r.ends());
      case Stage.Retired r -> Optional.empty();
    };
  }

  /** True where a key waits no longer. */
  synchronized boolean isOver(KeyEntry key, Instant now) {
    return until(key)
        .map(
            until -> {
              Duration at = over.get(new Wait(key.kid(), until));
              return !now.isBefore(until) && (at == null || uptime.now().compareTo(at) >= 0);
            })
        .orElse(true);
  }
}
