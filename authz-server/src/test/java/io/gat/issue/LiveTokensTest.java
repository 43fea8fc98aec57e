package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditLog;
import io.gat.audit.CheckpointSigner;
import io.gat.issue.LiveTokens.Token;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.ForwardingLog;
import io.gat.log.LogEntry;
import io.gat.log.LogRecord;
import io.gat.log.MemoryLog;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import io.gat.revocation.Revocation;
import io.gat.revocation.Revocation.Reach;
import io.gat.revocation.Revocation.Selector;
import io.gat.token.TokenIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LiveTokensTest {
  private static final String ISSUER = "https://gat.example";
  private static final Instant START = Instant.parse("2026-11-26T07:00:00Z");
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  private Instant now = START;
  private final CountingLog log =
      new CountingLog(new MemoryLog(new MemoryLog.Store(), "a", () -> now));
  private final AuditLog audit =
      AuditLog.open(log, CheckpointSigner.of(() -> KEY), signed -> {}, () -> now);
  private final Revocations revocations = new Revocations(log, LEEWAY);

  /** Counts the records that are read. */
  private static final class CountingLog extends ForwardingLog {
    private long read;

    CountingLog(SharedLog log) {
      super(log);
    }

    @Override
    public List<LogRecord> read(long after, int max, Set<Topic> topics) {
      List<LogRecord> records = super.read(after, max, topics);
      read += records.size();
      return records;
    }
  }

  @AfterEach
  void close() {
    audit.close();
    revocations.close();
  }

  private void issue(String id, String subject, String audience, Duration ttl) {
    record(
        AuditEvent.about(
                AuditEvent.Action.TOKEN_ISSUED,
                AuditEvent.Outcome.DONE,
                AuditEvent.Actor.system("test"))
            .withSubject(subject)
            .withClient("shop")
            .withTokenId(id)
            .withAudiences(List.of(audience))
            .withKid("k1")
            .withDetail("issued_at", now.toString())
            .withDetail("expires_at", now.plus(ttl).toString())
            .event());
  }

  private void record(AuditEvent event) {
    assertInstanceOf(Appended.At.class, audit.record(event).join());
  }

  private Set<String> live() {
    Set<String> ids = new TreeSet<>();
    LiveTokens.Read read =
        new LiveTokens(log, ISSUER, LEEWAY, 1_000_000)
            .read(now, token -> assertTrue(ids.add(token.tokenId())));
    assertTrue(read.complete());
    return ids;
  }

  @Test
  void aTokenIsLiveUntilItsLeewayIsOver() {
    issue("a", "alice", "orders", Duration.ofSeconds(60));
    assertEquals(Set.of("a"), live());
    now = START.plusSeconds(65).minusNanos(1);
    assertEquals(Set.of("a"), live());
    now = START.plusSeconds(65);
    assertEquals(Set.of(), live());
  }

  @Test
  void readsNoFurtherBackThanTheLongestLife() {
    for (int i = 0; i < 30_000; i++) {
      issue("old" + i, "alice", "orders", Duration.ofSeconds(60));
    }
    now = START.plus(Duration.ofHours(1));
    IntStream.range(0, 100)
        .forEach(i -> issue("new" + i, "alice", "orders", Duration.ofMinutes(15)));
    log.read = 0;
    assertEquals(100, live().size());
    assertTrue(log.read <= 6_000, () -> log.read + " records read");
  }

  @Test
  void findsTokensBehindManyRecordsOfOtherTopics() {
    issue("a", "alice", "orders", Duration.ofMinutes(15));
    for (int i = 0; i < 5_000; i++) {
      log.append(new LogEntry(Topic.CLAIM, "", "{}", Effect.GRANTS)).join();
    }
    issue("b", "alice", "orders", Duration.ofMinutes(15));
    assertEquals(Set.of("a", "b"), live());
  }

  @Test
  void saysWhereItHasNotSeenAll() {
    for (int i = 0; i < 5_000; i++) {
      issue("t" + i, "alice", "orders", Duration.ofMinutes(15));
    }
    List<Token> seen = new ArrayList<>();
    LiveTokens.Read read = new LiveTokens(log, ISSUER, LEEWAY, 4_000).read(now, seen::add);
    assertFalse(read.complete());
    assertTrue(read.records() <= 4_000 && !seen.isEmpty());
    log.append(new LogEntry(Topic.AUDIT, "", "{\"v\":1,\"expires_at\":\"x\"}", Effect.TAKES_AWAY))
        .join();
    assertFalse(new LiveTokens(log, ISSUER, LEEWAY, 1_000_000).read(now, token -> {}).complete());
  }

  @Test
  void countsTheGatOfABorrowedKeyOnce() {
    for (int i = 0; i < 3; i++) {
      record(
          AuditEvent.about(
                  AuditEvent.Action.TOKEN_ISSUED,
                  AuditEvent.Outcome.DONE,
                  AuditEvent.Actor.system("test"))
              .withTokenId("borrowed")
              .withDetail("borrowed", "true")
              .withDetail("expires_at", now.plusSeconds(60).toString())
              .event());
    }
    assertEquals(Set.of("borrowed"), live());
  }

  private RevocationTrial.Found trial(Selector selector, Instant at, Reach reach) {
    RevocationTrial trial =
        new RevocationTrial(new Revocation(selector, null, at, reach), ISSUER, revocations);
    new LiveTokens(log, ISSUER, LEEWAY, 1_000_000).read(now, trial::show);
    return trial.found();
  }

  /** What a trial counts is what the revocation then hits: by the same look-up. */
  @Test
  void whatWasIssuedAfterTheRevocationIsSparedButNotByABlock() {
    issue("a", "alice", "orders", Duration.ofMinutes(15));
    now = START.plusSeconds(5);
    issue("b", "alice", "orders", Duration.ofMinutes(15));
    now = START.plusSeconds(6);
    issue("c", "alice", "orders", Duration.ofMinutes(15));
    Selector alice = new Selector.BySubject("alice");
    RevocationTrial.Found found = trial(alice, START, Reach.ISSUED_BEFORE);
    assertEquals(2, found.hit());
    assertEquals(3, found.live());
    assertEquals(Optional.of(START), found.oldest());
    assertEquals(Optional.of(START.plusSeconds(5)), found.newest());
    assertEquals(3, trial(alice, START, Reach.ALL).hit());
  }

  @Test
  void leavesOutWhatIsRevokedByWhateverSelector() {
    issue(TokenIds.of(ISSUER, "j1"), "alice", "orders", Duration.ofMinutes(15));
    issue("b", "alice", "billing", Duration.ofMinutes(15));
    issue("c", "alice", "orders", Duration.ofMinutes(15));
    revoke(new Selector.ByJti("j1"));
    revoke(new Selector.ByAudience("billing"));
    RevocationTrial.Found found = trial(new Selector.BySubject("alice"), now, Reach.ISSUED_BEFORE);
    assertEquals(1, found.hit());
    assertEquals(2, found.revokedAlready());
    assertEquals(1, trial(new Selector.ByJti("j1"), now, Reach.ISSUED_BEFORE).revokedAlready());
    assertEquals(0, trial(new Selector.ByJti("j2"), now, Reach.ISSUED_BEFORE).revokedAlready());
  }

  private void revoke(Selector selector) {
    assertInstanceOf(
        Revocations.Outcome.Done.class,
        revocations
            .revoke(
                new RevocationChange.Added(
                    revocations.newId(),
                    new Revocation(selector, null, now, Reach.ISSUED_BEFORE),
                    "leaked",
                    "olga"))
            .join());
  }

  @Test
  void namesTheMostFrequentOnesAndCountsTheRest() {
    for (int service = 0; service < 25; service++) {
      for (int i = 0; i <= service; i++) {
        issue("t" + service + "-" + i, "alice", "s" + service, Duration.ofMinutes(15));
      }
    }
    RevocationTrial.Found found = trial(new Selector.Everything(), now, Reach.ISSUED_BEFORE);
    assertEquals(20, found.byAudience().size());
    assertEquals(new RevocationTrial.Share("s24", 25), found.byAudience().getFirst());
    assertEquals(5, found.moreAudiences());
    assertEquals(List.of(new RevocationTrial.Share("shop", 325)), found.byClient());
    assertEquals(0, found.moreClients());
  }
}
