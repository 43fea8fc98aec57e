package io.gat.server;

import io.gat.feed.ClaimOutcome;
import io.gat.feed.FeedChange;
import io.gat.feed.FeedSource;
import io.gat.issue.RevocationChange;
import io.gat.issue.Revocations;
import io.gat.keys.life.SigningKeys;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What this issuer's log tells its feeds. */
final class IssuerFeed implements FeedSource {
  /** The longest that any configuration lets a token live, and room for clocks. */
  private static final Duration LONGEST_CLAIM = Duration.ofHours(24).plusMinutes(15);

  private static final int SWEPT_AT_ONCE = 10_000;

  private final SharedLog log;
  private final Revocations revocations;
  private final SigningKeys keys;
  private final InstantSource clock;
  private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();

  IssuerFeed(SharedLog log, Revocations revocations, SigningKeys keys, InstantSource clock) {
    this.log = log;
    this.revocations = revocations;
    this.keys = keys;
    this.clock = clock;
    revocations.onChange(this::changed);
    keys.onKeys(set -> changed());
  }

  private void changed() {
    listeners.forEach(Runnable::run);
  }

  @Override
  public String incarnation() {
    return log.incarnation();
  }

  @Override
  public List<String> predecessors() {
    return revocations.predecessors();
  }

  @Override
  public Duration leeway() {
    return revocations.leeway();
  }

  @Override
  public long position() {
    return revocations.epoch();
  }

  @Override
  public All all() {
    Revocations.Standing all = revocations.standing();
    return new All(all.revocations(), all.position());
  }

  @Override
  public Optional<Changes> changesAfter(long position, int max) {
    return revocations
        .changesAfter(position, max)
        .map(
            some ->
                new Changes(
                    some.changes().stream().map(IssuerFeed::told).toList(), some.position()));
  }

  private static FeedChange told(RevocationChange change) {
    return switch (change) {
      case RevocationChange.Added added -> new FeedChange.Added(added.revocation());
      case RevocationChange.Lifted lifted -> new FeedChange.Lifted(lifted.revocation());
      case RevocationChange.Ended ended -> new FeedChange.Ended(ended.before());
      case RevocationChange.Accepted accepted ->
          throw new AssertionError("changes nothing: " + accepted);
    };
  }

  /** The position first: keys that are newer than it says are told once more, and not missed. */
  @Override
  public Keys keys() {
    long position = keys.position();
    return new Keys(keys.jwks(), position);
  }

  @Override
  public CompletableFuture<Vouched> vouch() {
    return revocations.vouch().thenApply(position -> new Vouched(position, clock.instant()));
  }

  @Override
  public CompletableFuture<ClaimOutcome> claim(String id, Instant expiresAt) {
    Instant now = clock.instant();
    if (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(LONGEST_CLAIM))) {
      return CompletableFuture.completedFuture(ClaimOutcome.UNAVAILABLE);
    }
    // Who is first may do something: a log that has no space grants nothing.
    return log.append(
            new LogEntry(Topic.CLAIM, id, "{\"expires_at\":\"" + expiresAt + "\"}", Effect.GRANTS))
        .thenApply(
            appended ->
                switch (appended) {
                  case Appended.At at ->
                      switch (at.novelty()) {
                        case NEW -> ClaimOutcome.FIRST;
                        case REPEATED -> ClaimOutcome.REPEATED;
                      };
                  case Appended.Full full -> ClaimOutcome.UNAVAILABLE;
                  case Appended.Conflict conflict -> ClaimOutcome.UNAVAILABLE;
                  case Appended.Unknown unknown -> ClaimOutcome.UNAVAILABLE;
                });
  }

  /**
   * Drops claims that nobody can repeat any more. To be called now and then.
   *
   * @param now by a clock that is never ahead of the time that has passed
   * @throws LogException where the log cannot be read or written
   */
  void sweepClaims(Instant now) {
    Instant before = now.minus(LONGEST_CLAIM);
    List<LogRecord> oldest = log.read(0, SWEPT_AT_ONCE, Set.of(Topic.CLAIM));
    oldest.stream()
        .takeWhile(record -> record.at().isBefore(before))
        .reduce((earlier, later) -> later)
        .ifPresent(last -> log.compact(Topic.CLAIM, last.position() + 1));
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void remove(Runnable listener) {
    listeners.remove(listener);
  }
}
