package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.issue.Revocations.Outcome;
import io.gat.log.Effect;
import io.gat.log.ForwardingLog;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogHealth;
import io.gat.log.LogRecord;
import io.gat.log.MemoryLog;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RevocationsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  private final MemoryLog.Store store = new MemoryLog.Store();
  private final MemoryLog log = new MemoryLog(store, "a", InstantSource.fixed(NOW));
  private final Revocations revocations = new Revocations(log, LEEWAY);

  @AfterEach
  void close() {
    revocations.close();
  }

  private RevocationChange.Added added(Selector selector, Instant at, Reach reach) {
    return new RevocationChange.Added(
        revocations.newId(),
        new Revocation(selector, "https://issuer", at, reach),
        "leaked",
        "alice");
  }

  private Outcome revoke(Selector selector, Instant at, Reach reach) {
    return revocations.revoke(added(selector, at, reach)).join();
  }

  private static Revocable token(String tokenId) {
    return new Revocable("https://issuer", tokenId, "j", "s", "c", List.of("orders"), "k", NOW);
  }

  @Test
  void doesNotGrowWhenTheSameIsSaidAgain() {
    Selector token = new Selector.ByTokenId("a");
    RevocationChange.Added first = added(token, NOW, Reach.ISSUED_BEFORE);
    assertEquals(new Outcome.Done(1), revocations.revoke(first).join());
    assertEquals(
        new Outcome.Covered(first.id(), 1), revoke(token, NOW.plusSeconds(9), Reach.ISSUED_BEFORE));
    assertEquals(1, log.end());
  }

  @Test
  void takesALaterRevocationOfASubjectSinceItHitsMore() {
    Selector subject = new Selector.BySubject("alice");
    assertEquals(new Outcome.Done(1), revoke(subject, NOW, Reach.ISSUED_BEFORE));
    assertEquals(new Outcome.Done(2), revoke(subject, NOW.plusSeconds(9), Reach.ISSUED_BEFORE));
    assertEquals(new Outcome.Done(3), revoke(subject, NOW, Reach.ALL));
    assertInstanceOf(
        Outcome.Covered.class, revoke(subject, NOW.plusSeconds(99), Reach.ISSUED_BEFORE));
  }

  /** Else the token would be good again when another one lifts what they have revoked. */
  @Test
  void isNotCoveredByWhatSomebodyElseHasRevoked() {
    RevocationChange.Added theirs = added(new Selector.ByTokenId("a"), NOW, Reach.ALL);
    revocations.revoke(theirs).join();
    RevocationChange.Added own =
        new RevocationChange.Added(
            revocations.newId(), theirs.revocation(), "by its holder", "bob");
    assertEquals(new Outcome.Done(2), revocations.revoke(own).join());
    revocations.lift(theirs.id(), "mistake", "alice").join();
    assertTrue(revocations.state().revocations().revokes(token("a")));
  }

  /** A record that cannot be read must not take those before it with it. */
  @Test
  void losesNothingOfABatchThatItCannotRead() {
    RevocationEntries entries = new RevocationEntries(new RecentChanges(10));
    Revocations.State before = new Revocations.State(0, RevocationSet.empty(LEEWAY));
    RevocationChange.Added good = added(new Selector.ByTokenId("a"), NOW, Reach.ALL);
    LogRecord first = new LogRecord(1, Topic.REVOCATION, "", RevocationRecords.write(good), NOW);
    LogRecord unknown = new LogRecord(2, Topic.REVOCATION, "", "{\"change\":\"new\"}", NOW);
    assertThrows(LogException.class, () -> entries.take(before, List.of(first, unknown)));
    assertTrue(entries.cover(good).isEmpty());
    assertTrue(entries.take(before, List.of(first)).revocations().revokes(token("a")));
  }

  @Test
  void isStaleWhileTheLogHasMoreThanIsInForceOrTakesNothing() {
    Moment now = new Moment(NOW, Duration.ZERO);
    assertTrue(revocations.view(now).lease().isFresh(now));
    store.become(new LogHealth.Failed("the disk is gone"));
    assertFalse(revocations.view(now).lease().isFresh(now));
  }

  @Test
  void letTheLogDropWhatHasEnded() {
    revoke(new Selector.ByTokenId("a"), NOW, Reach.ISSUED_BEFORE);
    Instant later = NOW.plus(Duration.ofDays(2));
    revoke(new Selector.ByTokenId("b"), later, Reach.ISSUED_BEFORE);
    assertEquals(1, revocations.endSpent(later).join());
    assertEquals(2, log.read(0, 10, Set.of(Topic.REVOCATION)).getFirst().position());
    try (Revocations again = new Revocations(log, LEEWAY)) {
      assertEquals(revocations.inForce(), again.inForce());
    }
  }

  @Test
  void tellsWhoWaitsThatNobodyKnowsWhenItEnds() {
    Revocations closed = new Revocations(log, LEEWAY);
    closed.close();
    assertInstanceOf(
        Outcome.Unknown.class,
        closed.revoke(added(new Selector.ByTokenId("late"), NOW, Reach.ALL)).join());
  }

  @Test
  void areThereAfterARestart() {
    revoke(new Selector.ByTokenId("a"), NOW, Reach.ISSUED_BEFORE);
    revoke(new Selector.BySubject("bob"), NOW, Reach.ALL);
    try (Revocations again = new Revocations(log, LEEWAY)) {
      assertEquals(revocations.inForce(), again.inForce());
      assertTrue(again.state().revocations().revokes(token("a")));
    }
  }

  @Test
  void ofAnotherIssuerOnTheSameLogAreInForceHere() {
    MemoryLog other = new MemoryLog(store, "b", InstantSource.fixed(NOW));
    try (Revocations there = new Revocations(other, LEEWAY)) {
      Outcome outcome =
          there.revoke(added(new Selector.ByTokenId("a"), NOW, Reach.ISSUED_BEFORE)).join();
      revocations.applied(((Outcome.Done) outcome).epoch()).join();
      assertTrue(revocations.state().revocations().revokes(token("a")));
    }
  }

  @Test
  void tellWhatAReaderLacksAsItIsAndNotAsItWasAsked() {
    RevocationChange.Added one = added(new Selector.ByTokenId("a"), NOW, Reach.ALL);
    RevocationChange.Added two = added(new Selector.ByTokenId("b"), NOW, Reach.ALL);
    revocations.revoke(one).join();
    revocations.revoke(two).join();
    revocations.lift(two.id(), "mistake", "bob").join();
    assertEquals(
        new Revocations.Changes(
            List.of(two, new RevocationChange.Lifted(two.id(), two.revocation(), "mistake", "bob")),
            3),
        revocations.changesAfter(1, 10).orElseThrow());
    assertEquals(
        new Revocations.Changes(List.of(two), 2), revocations.changesAfter(1, 1).orElseThrow());
    assertEquals(new Revocations.Standing(List.of(one.revocation()), 3), revocations.standing());
  }

  /** A feed that began when nothing was revoked goes on with the first change. */
  @Test
  void tellTheFirstChangeToAReaderThatKnewOfNone() {
    assertEquals(
        new Revocations.Changes(List.of(), 0), revocations.changesAfter(0, 10).orElseThrow());
    RevocationChange.Added first = added(new Selector.ByTokenId("a"), NOW, Reach.ALL);
    revocations.revoke(first).join();
    assertEquals(
        new Revocations.Changes(List.of(first), 1), revocations.changesAfter(0, 10).orElseThrow());
  }

  @Test
  void tellEverythingToAReaderThatWasAwayWhileTheLogWasCompacted() {
    revoke(new Selector.ByTokenId("a"), NOW, Reach.ALL);
    revoke(new Selector.ByTokenId("b"), NOW, Reach.ALL);
    revoke(new Selector.ByTokenId("c"), NOW, Reach.ALL);
    log.compact(Topic.REVOCATION, 3);
    try (Revocations again = new Revocations(log, LEEWAY)) {
      assertTrue(again.changesAfter(1, 10).isEmpty());
      assertTrue(again.changesAfter(0, 10).isEmpty());
      assertEquals(new Revocations.Changes(List.of(), 3), again.changesAfter(3, 10).orElseThrow());
      assertTrue(again.changesAfter(4, 10).isEmpty(), "the log does not have it");
    }
  }

  @Test
  void keepTheNewestChangesOnly() {
    RecentChanges recent = new RecentChanges(3);
    for (long position = 10; position <= 50; position += 10) {
      recent.add(position, Optional.empty());
    }
    assertTrue(recent.after(20, 10).isEmpty());
    assertEquals(new Revocations.Changes(List.of(), 50), recent.after(30, 10).orElseThrow());
    assertTrue(recent.after(35, 10).isEmpty());
  }

  @Test
  void ofALogThatContinuesAnotherNameIt() {
    assertEquals(List.of(), revocations.predecessors());
    for (LogEntry entry :
        Revocations.continuation("the-log-before", NOW, "https://issuer", List.of())) {
      log.append(entry).join();
    }
    try (Revocations again = new Revocations(log, LEEWAY)) {
      assertEquals(List.of("the-log-before"), again.predecessors());
      assertTrue(again.state().revocations().revokes(token("any")));
      assertEquals(2, again.epoch());
      assertEquals(new Revocations.Changes(List.of(), 2), again.changesAfter(1, 10).orElseThrow());
    }
  }

  @Test
  void areLiftedById() {
    RevocationChange.Added one = added(new Selector.ByTokenId("a"), NOW, Reach.ALL);
    revocations.revoke(one).join();
    assertInstanceOf(Outcome.Done.class, revocations.lift(one.id(), "mistake", "bob").join());
    assertFalse(revocations.state().revocations().revokes(token("a")));
    assertEquals(new Outcome.NoSuch(), revocations.lift(one.id(), "mistake", "bob").join());
  }

  @Test
  void endOnceEveryTokenThatTheyHitHasExpired() {
    revoke(new Selector.ByTokenId("a"), NOW, Reach.ISSUED_BEFORE);
    revoke(new Selector.BySubject("blocked"), NOW, Reach.ALL);
    Instant end = NOW.plus(Duration.ofHours(24)).plus(LEEWAY.multipliedBy(2)).plusSeconds(300);
    assertEquals(0, revocations.endSpent(end).join());
    assertEquals(1, revocations.endSpent(end.plusMillis(1)).join());
    assertEquals(
        List.of(new Selector.BySubject("blocked")),
        revocations.inForce().stream().map(r -> r.revocation().selector()).toList());
    assertEquals(0, revocations.endSpent(end.plusMillis(1)).join());
  }

  @Test
  void isUnknownAndNotInForceWhenTheLogIsAway() {
    store.become(new LogHealth.Failed("the disk is gone"));
    assertEquals(
        new Outcome.Unknown("the disk is gone"),
        revoke(new Selector.ByTokenId("a"), NOW, Reach.ISSUED_BEFORE));
    assertFalse(revocations.state().revocations().revokes(token("a")));
  }

  @Test
  void revokesThoughTheLogIsFullAndLiftsNothingThen() {
    RevocationChange.Added one = added(new Selector.ByTokenId("a"), NOW, Reach.ALL);
    store.become(new LogHealth.Full());
    assertInstanceOf(Outcome.Done.class, revocations.revoke(one).join());
    assertInstanceOf(Outcome.Unknown.class, revocations.lift(one.id(), "mistake", "bob").join());
    assertTrue(revocations.state().revocations().revokes(token("a")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "no json",
        "{\"change\":\"added\"}",
        "{\"change\":\"paused\",\"id\":\"a\"}",
        "{\"change\":\"ended\",\"before\":\"soon\"}",
        "{\"change\":\"added\",\"id\":\"i\",\"selector\":\"colour\",\"value\":\"red\","
            + "\"revoked_at\":\"2026-11-24T12:00:00Z\",\"reason\":\"\",\"by\":\"\"}",
        "{\"change\":\"added\",\"id\":\"i\",\"selector\":\"jti\",\"value\":\"x\","
            + "\"revoked_at\":\"yesterday\",\"reason\":\"\",\"by\":\"\"}"
      })
  void neverSkipsARecordThatItCannotRead(String payload) {
    MemoryLog broken = new MemoryLog();
    broken.append(new LogEntry(Topic.REVOCATION, "", payload, Effect.TAKES_AWAY)).join();
    LogException e =
        assertThrows(LogException.class, () -> new Revocations(broken, LEEWAY).close());
    assertTrue(String.valueOf(e.getMessage()).contains("position 1"), e.getMessage());
  }

  @Test
  void writesEachSelectorAsItReadsIt() {
    for (String kind : Selectors.KINDS) {
      Selector selector = Selectors.of(kind, kind.equals("everything") ? "" : "v \"quoted\" é");
      revoke(selector, NOW, Reach.ALL);
    }
    assertEquals(7, log.read(0, 100, Set.of(Topic.REVOCATION)).size());
    try (Revocations again = new Revocations(log, LEEWAY)) {
      assertEquals(revocations.inForce(), again.inForce());
      assertEquals(7, again.inForce().size());
    }
  }

  /** The first revocation ever must not make every reader begin anew. */
  @Test
  void aReaderOfAnEmptyLogIsToldTheFirstChange() {
    assertEquals(
        Optional.of(new Revocations.Changes(List.of(), 0)), revocations.changesAfter(0, 10));
    revoke(new Selector.ByTokenId("a"), NOW, Reach.ISSUED_BEFORE);
    revoke(new Selector.ByTokenId("b"), NOW, Reach.ISSUED_BEFORE);
    Revocations.Changes changes = revocations.changesAfter(0, 10).orElseThrow();
    assertEquals(2, changes.changes().size());
    assertEquals(revocations.epoch(), changes.position());
    // A log that was compacted cannot tell what it was like in the beginning.
    assertEquals(2, revocations.endSpent(NOW.plus(Duration.ofHours(25))).join());
    try (Revocations again = new Revocations(log, LEEWAY)) {
      assertEquals(Optional.empty(), again.changesAfter(0, 10));
    }
  }

  private long kept() {
    return log.read(0, Integer.MAX_VALUE, Set.of(Topic.REVOCATION)).size();
  }

  private void tidyAll() {
    while (revocations.tidy().join()) {
      assertTrue(kept() > 0);
    }
  }

  /** One block for good must not keep every later record of the log. */
  @Test
  void anEntryThatStaysDoesNotKeepTheRecordsBehindIt() {
    revoke(new Selector.ByClient("mallory"), NOW, Reach.ALL);
    String id = revocations.inForce().getFirst().id();
    revoke(new Selector.BySubject("bob"), NOW, Reach.ALL);
    for (int i = 0; i < 4_000; i++) {
      revoke(new Selector.ByTokenId("t" + i), NOW, Reach.ISSUED_BEFORE);
    }
    Instant later = NOW.plus(Duration.ofHours(25));
    assertEquals(4_000, revocations.endSpent(later).join());
    assertTrue(kept() > 4_000, "the block is first, and keeps all");
    tidyAll();
    assertTrue(kept() <= 1_000, () -> kept() + " records are left");
    assertEquals(2, revocations.size());
    try (Revocations again = new Revocations(log, LEEWAY)) {
      assertEquals(2, again.size());
      assertEquals(id, again.inForce().getFirst().id());
      assertTrue(
          again.hits(
              new Revocable("https://issuer", "x", "j", "s", "mallory", List.of(), "k", later)));
      assertInstanceOf(Outcome.Done.class, again.lift(id, "over", "olga").join());
      assertEquals(1, again.size());
    }
    revocations.applied(log.end(Topic.REVOCATION)).join();
    assertEquals(1, revocations.size());
  }

  @Test
  void writesNothingAgainWhileTheLogHoldsLittleElse() {
    for (int i = 0; i < 1_500; i++) {
      revoke(new Selector.BySubject("s" + i), NOW, Reach.ALL);
    }
    for (int i = 0; i < 900; i++) {
      revoke(new Selector.ByTokenId("t" + i), NOW, Reach.ISSUED_BEFORE);
    }
    revocations.endSpent(NOW.plus(Duration.ofHours(25))).join();
    long end = log.end();
    assertFalse(revocations.tidy().join());
    assertEquals(end, log.end());
  }

  /** Readers of the feed see no change, and follow all the same. */
  @Test
  void whatIsWrittenAgainChangesNothing() {
    revoke(new Selector.ByClient("mallory"), NOW, Reach.ALL);
    for (int i = 0; i < 2_500; i++) {
      revoke(new Selector.ByTokenId("t" + i), NOW, Reach.ISSUED_BEFORE);
    }
    revocations.endSpent(NOW.plus(Duration.ofHours(25))).join();
    long before = revocations.epoch();
    tidyAll();
    assertTrue(revocations.epoch() > before);
    Revocations.Changes changes = revocations.changesAfter(before, 10_000).orElseThrow();
    assertEquals(List.of(), changes.changes());
    assertEquals(revocations.epoch(), changes.position());
  }

  /** What was lifted in the same moment does not come back. */
  @Test
  void whatIsLiftedMeanwhileStaysLifted() {
    revoke(new Selector.ByClient("mallory"), NOW, Reach.ALL);
    String id = revocations.inForce().getFirst().id();
    for (int i = 0; i < 2_500; i++) {
      revoke(new Selector.ByTokenId("t" + i), NOW, Reach.ISSUED_BEFORE);
    }
    revocations.endSpent(NOW.plus(Duration.ofHours(25))).join();
    try (Revocations behind = new Revocations(new Lagging(log), LEEWAY)) {
      assertInstanceOf(Outcome.Done.class, revocations.lift(id, "over", "olga").join());
      assertFalse(behind.tidy().join(), "it has not seen the lift, and must not write");
    }
    assertEquals(0, revocations.size());
    assertEquals(0, new Revocations(log, LEEWAY).size());
  }

  /** A log that delivers nothing more. */
  private static final class Lagging extends ForwardingLog {
    Lagging(SharedLog log) {
      super(log);
    }

    @Override
    public Following follow(long after, Set<Topic> topics, Follower follower) {
      return () -> {};
    }
  }
}
