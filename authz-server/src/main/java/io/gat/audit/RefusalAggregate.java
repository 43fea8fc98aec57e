package io.gat.audit;

import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.log.Appended;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps refusals from filling the log, of callers who have proved nothing and of those who have:
 * the first few of each action, reason and caller in a minute are written one by one, the others
 * are counted and written as one record at the minute's end. Everything else passes.
 *
 * <p>It holds a bounded number of counters, whatever callers send: what is beyond them is counted
 * without its caller, with the reason {@value #OTHERS}. Safe to share between threads.
 */
public final class RefusalAggregate implements AuditTrail, AutoCloseable {
  /** What reasons are counted as for which there is no counter left. */
  static final String OTHERS = "others";

  /** How many of a kind and reason are written one by one each minute. */
  static final int ONE_BY_ONE = 5;

  private static final int MOST_COUNTERS = 64;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AuditTrail trail;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread ticker;
  private Map<Kind, Counter> counters = new LinkedHashMap<>();
  private Instant began;

  private record Kind(Action action, String reason, Actor.Kind who, String name) {}

  private static final class Counter {
    private long seen;
    private long counted;
    private final CompletableFuture<Appended> summary = new CompletableFuture<>();
  }

  /**
   * In front of a trail.
   *
   * @param trail stays open when this is closed
   */
  public RefusalAggregate(AuditTrail trail, InstantSource clock) {
    this.trail = Objects.requireNonNull(trail);
    this.clock = clock;
    this.began = clock.instant();
    this.ticker = Thread.ofVirtual().name("gat-audit-refusals").start(this::tickUntilClosed);
  }

  /**
   * Writes or counts an event.
   *
   * @return of a refusal that is only counted: completes with the record of its minute. Whoever
   *     refuses need not wait for it
   */
  @Override
  public CompletableFuture<Appended> record(AuditEvent event) {
    if (event.outcome() != Outcome.REFUSED) {
      return trail.record(event);
    }
    tick();
    synchronized (this) {
      Actor actor = event.actor();
      Kind kind = new Kind(event.action(), event.reason(), actor.kind(), actor.name());
      if (!counters.containsKey(kind) && counters.size() >= MOST_COUNTERS) {
        kind = new Kind(event.action(), OTHERS, actor.kind(), "");
      }
      Counter counter = counters.computeIfAbsent(kind, k -> new Counter());
      counter.seen++;
      if (counter.seen > ONE_BY_ONE) {
        counter.counted++;
        return counter.summary;
      }
    }
    return trail.record(event);
  }

  private void tickUntilClosed() {
    try {
      while (!closed.await(1, TimeUnit.SECONDS)) {
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What was counted in a minute. */
  private record Minute(Instant from, Map<Kind, Counter> counters) {}

  /** Ends the minute if it is over, or if the clock was set back behind its beginning. */
  void tick() {
    Instant now = clock.instant();
    Minute over;
    synchronized (this) {
      Duration passed = Duration.between(began, now);
      if (!passed.isNegative() && passed.compareTo(MINUTE) < 0) {
        return;
      }
      over = next(now);
    }
    write(over, now);
  }

  private synchronized Minute next(Instant now) {
    Minute over = new Minute(began, counters);
    counters = new LinkedHashMap<>();
    began = now;
    return over;
  }

  private void write(Minute over, Instant until) {
    over.counters()
        .forEach(
            (kind, counter) -> {
              if (counter.counted > 0) {
                var _ =
                    trail
                        .record(summary(kind, counter.counted, over.from(), until))
                        .thenAccept(counter.summary::complete);
              }
            });
  }

  private static AuditEvent summary(Kind kind, long count, Instant from, Instant until) {
    return AuditEvent.about(kind.action(), Outcome.REFUSED, new Actor(kind.who(), kind.name(), ""))
        .withReason(kind.reason())
        .withDetail("count", String.valueOf(count))
        .withDetail("from", from.toString())
        .withDetail("until", until.toString())
        .event();
  }

  /** Writes what was counted. */
  @Override
  public void close() {
    closed.countDown();
    try {
      ticker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Instant now = clock.instant();
    write(next(now), now);
  }
}
