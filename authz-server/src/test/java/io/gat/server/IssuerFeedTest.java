package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.feed.ClaimOutcome;
import io.gat.feed.FeedChange;
import io.gat.feed.FeedSource;
import io.gat.issue.RevocationChange;
import io.gat.issue.Revocations;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.life.KeyChest;
import io.gat.keys.life.KeyReaders;
import io.gat.keys.life.KeyTerms;
import io.gat.keys.life.SigningKeys;
import io.gat.keys.life.Uptime;
import io.gat.keys.wrap.FileKeyEncryption;
import io.gat.log.Appended;
import io.gat.log.ForwardingLog;
import io.gat.log.LogHealth;
import io.gat.log.MemoryLog;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import io.gat.revocation.Revocation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class IssuerFeedTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir private Path folder = Path.of("");
  private Instant now = START;
  private final MemoryLog.Store store = new MemoryLog.Store();
  private final TickingLog log = new TickingLog(new MemoryLog(store, "a", () -> now));
  private final Revocations revocations = new Revocations(log, Duration.ofSeconds(5));
  private SigningKeys keys;
  private IssuerFeed feed;

  /** A log whose ticks are acknowledged when the test says so. */
  private static final class TickingLog extends ForwardingLog {
    private final CompletableFuture<Appended> gate = new CompletableFuture<>();
    private final AtomicInteger held = new AtomicInteger();

    TickingLog(SharedLog log) {
      super(log);
    }

    CompletableFuture<Appended> gate() {
      return gate;
    }

    AtomicInteger held() {
      return held;
    }

    @Override
    public CompletableFuture<Appended> tick() {
      return held.get() > 0 ? gate.thenCompose(open -> log.tick()) : log.tick();
    }
  }

  @BeforeEach
  void open() {
    CryptoProvider crypto = CryptoProvider.best();
    keys =
        SigningKeys.start(
            new SigningKeys.Parts(
                log,
                event ->
                    CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW)),
                (kid, reason, actor) ->
                    CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW)),
                KeyReaders.none(),
                () -> now,
                Uptime.ofProcess(),
                crypto),
            KeyTerms.of(
                Algorithm.ES256,
                Duration.ofMinutes(5),
                Duration.ofDays(30),
                1,
                Duration.ofSeconds(5)),
            new KeyChest(FileKeyEncryption.loadOrCreate(folder.resolve("kek")), List.of(), crypto),
            folder.resolve("absent"));
    feed = new IssuerFeed(log, revocations, keys, () -> now);
  }

  @AfterEach
  void close() {
    keys.close();
    revocations.close();
  }

  private long revoke(String tokenId) {
    Revocation one =
        new Revocation(
            new Revocation.Selector.ByTokenId(tokenId),
            null,
            START,
            Revocation.Reach.ISSUED_BEFORE);
    Revocations.Outcome outcome =
        revocations.revoke(new RevocationChange.Added(revocations.newId(), one, "", "test")).join();
    return ((Revocations.Outcome.Done) outcome).epoch();
  }

  @Test
  void vouchesOnlyOnceTheLogHasAcknowledgedAWriteAndForAllThatItHadByThen() {
    log.held().set(1);
    CompletableFuture<FeedSource.Vouched> vouched = feed.vouch();
    assertFalse(vouched.isDone());
    long meanwhile = revoke("a");
    assertFalse(vouched.isDone());
    log.gate().complete(new Appended.At(0, Appended.Novelty.NEW));
    assertEquals(new FeedSource.Vouched(meanwhile, now), vouched.join());
    assertEquals(meanwhile, feed.position());
  }

  @Test
  void vouchesForNothingWhereTheLogDoesNotAcknowledge() {
    store.become(new LogHealth.Failed("the disk is gone"));
    assertThrows(CompletionException.class, () -> feed.vouch().join());
    store.become(new LogHealth.Sound());
    assertEquals(0, feed.vouch().join().position());
  }

  @Test
  void tellsWhatFollowsAPositionAndEverythingToWhomItDoesNotKnow() {
    long first = revoke("a");
    long second = revoke("b");
    assertEquals(
        List.of(new FeedChange.Added(feed.all().revocations().get(1))),
        feed.changesAfter(first, 10).orElseThrow().changes());
    assertEquals(
        new FeedSource.Changes(List.of(), second), feed.changesAfter(second, 10).orElseThrow());
    assertEquals(2, feed.changesAfter(0, 10).orElseThrow().changes().size());
    assertEquals(Optional.empty(), feed.changesAfter(second + 1, 10), "it was never there");
    assertEquals(2, feed.all().revocations().size());
    assertEquals(second, feed.all().position());
  }

  @Test
  void tellsOfEachChangeUntilNobodyListens() {
    AtomicInteger told = new AtomicInteger();
    Runnable listener = told::incrementAndGet;
    feed.onChange(listener);
    revoke("a");
    assertTrue(told.get() > 0);
    feed.remove(listener);
    int before = told.get();
    revoke("b");
    assertEquals(before, told.get());
  }

  @Test
  void claimsOnceAndNeverWhereNobodyKnows() {
    Instant end = now.plusSeconds(60);
    assertEquals(ClaimOutcome.FIRST, feed.claim("x", end).join());
    assertEquals(ClaimOutcome.REPEATED, feed.claim("x", end).join());
    assertEquals(ClaimOutcome.UNAVAILABLE, feed.claim("late", now).join(), "it has expired");
    assertEquals(ClaimOutcome.UNAVAILABLE, feed.claim("far", now.plus(Duration.ofDays(2))).join());
    store.become(new LogHealth.Full());
    assertEquals(ClaimOutcome.UNAVAILABLE, feed.claim("y", end).join());
    assertEquals(ClaimOutcome.REPEATED, feed.claim("x", end).join());
    store.become(new LogHealth.Failed("gone"));
    assertEquals(ClaimOutcome.UNAVAILABLE, feed.claim("z", end).join());
  }

  @Test
  void forgetsAClaimOnceNobodyCanRepeatIt() {
    feed.claim("old", now.plusSeconds(60)).join();
    now = now.plus(Duration.ofHours(24));
    feed.claim("new", now.plusSeconds(60)).join();
    feed.sweepClaims(now);
    assertEquals(ClaimOutcome.REPEATED, feed.claim("old", now.plusSeconds(60)).join());
    now = now.plus(Duration.ofMinutes(16));
    feed.sweepClaims(now);
    assertEquals(
        List.of("new"), log.read(0, 10, Set.of(Topic.CLAIM)).stream().map(r -> r.id()).toList());
  }
}
