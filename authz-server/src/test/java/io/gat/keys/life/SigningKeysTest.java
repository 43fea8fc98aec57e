package io.gat.keys.life;

import static io.gat.keys.life.World.LEAD;
import static io.gat.keys.life.World.LEEWAY;
import static io.gat.keys.life.World.OPERATOR;
import static io.gat.keys.life.World.TERMS;
import static io.gat.keys.life.World.TTL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.keys.Algorithm;
import io.gat.keys.NoSigningKeyException;
import io.gat.keys.TokenSigner;
import io.gat.keys.VerificationKey;
import io.gat.keys.life.KeyControl.When;
import io.gat.log.Appended;
import io.gat.log.LogHealth;
import io.gat.log.MemoryLog;
import io.gat.log.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SigningKeysTest {
  private final World world = new World();

  private static KeyStatus status(SigningKeys keys, String kid) {
    return keys.keys().stream().filter(k -> k.kid().equals(kid)).findFirst().orElseThrow();
  }

  @Test
  void firstKeyOfEmptyLogSignsAtOnce() {
    SigningKeys keys = world.issuer("a");
    assertTrue(keys.isReady());
    assertEquals(List.of("active", "pending", "pending"), world.states(keys));
    assertTrue(World.kids(keys.keySet()).contains(world.signs(keys)));
    assertEquals(
        List.of(
            Action.KEY_PUBLISHED, Action.KEY_PUBLISHED, Action.KEY_PUBLISHED, Action.KEY_ACTIVATED),
        world.audited.stream().map(AuditEvent::action).toList());
  }

  @Test
  void replicaThatJoinsSignsAtOnceWithKeyOfItsOwn() {
    SigningKeys first = world.issuer("a");
    world.pass(Duration.ofDays(1), first);
    SigningKeys second = world.issuer("b");
    assertTrue(second.isReady());
    assertNotEquals(world.signs(first), world.signs(second));
    first.catchUp();
    assertEquals(first.jwks(), second.jwks());
    assertEquals(2, world.states(second).stream().filter("pending"::equals).count());
  }

  @Test
  void replicaWaitsWhereThePoolHasNothingThatReadersKnow() {
    world.issuer("a");
    world.issuer("b");
    world.issuer("c");
    SigningKeys fourth = world.issuer("d");
    assertFalse(fourth.isReady());
    assertThrows(NoSigningKeyException.class, () -> world.signs(fourth));
    world.pass(LEAD.minusNanos(1), fourth);
    assertFalse(fourth.isReady());
    world.pass(Duration.ofNanos(1), fourth);
    assertTrue(fourth.isReady());
  }

  @Test
  void restartKeepsTheKey() {
    String before = world.signs(world.issuer("a"));
    world.clock.pass(Duration.ofHours(3));
    assertEquals(before, world.signs(world.issuer("a")));
  }

  @Test
  void rotatesAfterItsTimeToKeyThatReadersKnow() {
    SigningKeys keys = world.issuer("a");
    String first = world.signs(keys);
    // Pool keys of the first record need no lead; the next ones do.
    for (int i = 0; i < 3; i++) {
      world.pass(TERMS.rotateEvery(), keys);
    }
    String later = world.signs(keys);
    assertNotEquals(first, later);
    assertFalse(World.kids(keys.keySet()).contains(first));
    assertEquals(KeyEntry.Lead.NEEDED, keys.ring().key(later).orElseThrow().lead());
  }

  @Test
  void pendingKeyWaitsForItsLead() {
    SigningKeys keys = world.issuer("a");
    assertInstanceOf(KeyChange.Rotated.class, keys.rotate(When.KNOWN, OPERATOR));
    assertInstanceOf(KeyChange.Rotated.class, keys.rotate(When.KNOWN, OPERATOR));
    Instant published = world.clock.instant();
    String before = world.signs(keys);
    assertEquals(new KeyChange.Planned(published.plus(LEAD)), keys.rotate(When.KNOWN, OPERATOR));
    world.pass(LEAD.minusNanos(1), keys);
    assertEquals(before, world.signs(keys));
    world.pass(Duration.ofNanos(1), keys);
    assertNotEquals(before, world.signs(keys));
  }

  @Test
  void pendingKeyWaitsUntilAuthzServersHaveIt() {
    SigningKeys keys = world.issuer("a");
    keys.rotate(When.KNOWN, OPERATOR);
    keys.rotate(When.KNOWN, OPERATOR);
    world.appliedByAuthz = 0;
    String before = world.signs(keys);
    keys.rotate(When.KNOWN, OPERATOR);
    world.pass(LEAD.multipliedBy(2), keys);
    assertEquals(before, world.signs(keys));
    world.appliedByAuthz = keys.position();
    world.settle(keys);
    assertNotEquals(before, world.signs(keys));
  }

  @Test
  void retiringKeyStaysUntilItsLastTokenHasExpiredAndReadersKnowItsEnd() {
    SigningKeys keys = world.issuer("a");
    String old = world.signs(keys);
    keys.rotate(When.KNOWN, OPERATOR);
    Instant stopped = world.clock.instant();
    KeyStatus retiring = status(keys, old);
    assertEquals("retiring", retiring.state());
    Instant end = stopped.plus(LEAD);
    assertEquals(Optional.of(end), retiring.ends());
    assertTrue(keys.jwks().contains("\"exp\":" + end.getEpochSecond()));
    VerificationKey told = keys.keySet().find(old, TERMS.algorithm()).orElseThrow();
    assertEquals(end, told.trustedUntil());
    world.pass(LEAD.minusNanos(1), keys);
    assertTrue(World.kids(keys.keySet()).contains(old));
    world.pass(Duration.ofNanos(1), keys);
    assertFalse(World.kids(keys.keySet()).contains(old));
    assertEquals("retired", status(keys, old).state());
    assertFalse(keys.jwks().contains(old));
  }

  @Test
  void longestTokenDecidesTheEnd() {
    KeyTerms quick =
        KeyTerms.of(TERMS.algorithm(), Duration.ofSeconds(2), TERMS.rotateEvery(), 2, LEEWAY);
    SigningKeys keys = world.issuer(world.log("a"), quick);
    Instant expiry = world.clock.instant().plus(Duration.ofMinutes(14));
    String old = keys.signer().sign("{}", "at+jwt", new TokenSigner.Facts("a", "p", expiry)).kid();
    world.signs(keys);
    keys.rotate(When.KNOWN, OPERATOR);
    assertEquals(Optional.of(expiry.plus(LEEWAY)), status(keys, old).ends());
  }

  @Test
  void afterRestartAnyTokenMayHaveTheLongestLife() {
    KeyTerms quick =
        KeyTerms.of(TERMS.algorithm(), Duration.ofSeconds(2), TERMS.rotateEvery(), 2, LEEWAY);
    String old = world.signs(world.issuer(world.log("a"), quick));
    SigningKeys again = world.issuer(world.log("a"), quick);
    again.rotate(When.KNOWN, OPERATOR);
    assertEquals(
        Optional.of(world.clock.instant().plus(quick.longestTtl()).plus(LEEWAY)),
        status(again, old).ends());
  }

  @Test
  void refusesTokenThatOutlivesTheLongest() {
    SigningKeys keys = world.issuer("a");
    TokenSigner.Facts facts =
        new TokenSigner.Facts(
            "a", "p", world.clock.instant().plus(TERMS.longestTtl()).plusMillis(1));
    assertThrows(IllegalArgumentException.class, () -> keys.signer().sign("{}", "at+jwt", facts));
  }

  @Test
  void keyOfReplicaThatNeverComesBackIsRetiredByOthers() {
    SigningKeys stays = world.issuer("a");
    String gone = world.signs(world.issuer("b"));
    Duration promise = TERMS.promise();
    world.pass(promise.dividedBy(2), stays);
    world.pass(promise.dividedBy(2).plus(LEEWAY).minusNanos(1), stays);
    assertEquals("active", status(stays, gone).state());
    world.pass(Duration.ofNanos(1), stays);
    assertEquals("retiring", status(stays, gone).state());
    assertEquals("active", status(stays, world.signs(stays)).state());
    world.pass(TERMS.longestTtl().plus(LEAD), stays);
    assertEquals("retired", status(stays, gone).state());
  }

  @Test
  void signsNoMoreOncePromiseIsOverAndNotRenewed() {
    SigningKeys keys = world.issuer("a");
    String kid = world.signs(keys);
    world.clock.pass(TERMS.promise().minusNanos(1));
    assertEquals(kid, world.signs(keys));
    world.clock.pass(Duration.ofNanos(1));
    assertFalse(keys.isReady());
    assertThrows(NoSigningKeyException.class, () -> world.signs(keys));
    world.settle(keys);
    assertEquals(kid, world.signs(keys));
  }

  @Test
  void rotatesNowWithKeyThatReadersMayMissAndSaysSo() {
    SigningKeys keys = world.issuer("a");
    keys.rotate(When.NOW, OPERATOR);
    keys.rotate(When.NOW, OPERATOR);
    String before = world.signs(keys);
    Instant published = world.clock.instant();
    world.pass(Duration.ofMinutes(10), keys);
    KeyChange.Rotated rotated =
        assertInstanceOf(KeyChange.Rotated.class, keys.rotate(When.NOW, OPERATOR));
    assertNotEquals(before, rotated.kid());
    assertEquals(rotated.kid(), world.signs(keys));
    assertEquals(published.plus(LEAD), rotated.knownFrom());
  }

  @Test
  void rotationReachesEveryReplica() {
    SigningKeys a = world.issuer("a");
    SigningKeys b = world.issuer("b");
    world.pass(LEAD, a, b);
    String ofA = world.signs(a);
    String ofB = world.signs(b);
    a.rotate(When.KNOWN, OPERATOR);
    world.settle(a, b);
    assertNotEquals(ofA, world.signs(a));
    assertNotEquals(ofB, world.signs(b));
  }

  @Test
  void revokedKeyIsGoneAtOnceAndItsIssuerSignsOn() {
    SigningKeys a = world.issuer("a");
    SigningKeys b = world.issuer("b");
    a.catchUp();
    String leaked = world.signs(b);
    String own = world.signs(a);
    KeyChange.Revoked revoked =
        assertInstanceOf(KeyChange.Revoked.class, a.revoke(leaked, OPERATOR.because("leaked")));
    assertEquals(own, revoked.signer());
    assertEquals(List.of(leaked), world.revoked);
    assertFalse(a.jwks().contains(leaked));
    b.catchUp();
    assertFalse(b.isReady());
    b.tick();
    assertTrue(b.isReady());
    assertNotEquals(leaked, world.signs(b));
    assertEquals("revoked", status(b, leaked).state());
    AuditEvent event =
        world.audited.stream()
            .filter(e -> e.action() == Action.KEY_REVOKED)
            .findFirst()
            .orElseThrow();
    assertEquals("alice", event.actor().name());
    assertEquals("leaked", event.reason());
    assertEquals(OPERATOR.requestId(), event.requestId());
    assertEquals(OPERATOR.traceId(), event.traceId());
  }

  @Test
  void revokedOwnKeyIsReplacedEvenWhereReadersDoNotKnowTheNext() {
    SigningKeys keys = world.issuer("a");
    for (int i = 0; i < 5; i++) {
      String leaked = world.signs(keys);
      KeyChange.Revoked revoked =
          assertInstanceOf(KeyChange.Revoked.class, keys.revoke(leaked, OPERATOR));
      assertEquals(world.signs(keys), revoked.signer());
      assertNotEquals(leaked, revoked.signer());
    }
  }

  @Test
  void revocationThatNobodyConfirmsIsRepeated() {
    SigningKeys keys = world.issuer("a");
    String leaked = world.signs(keys);
    world.revokerAnswers = new Appended.Unknown("a fault");
    assertInstanceOf(KeyChange.Unavailable.class, keys.revoke(leaked, OPERATOR));
    world.revokerAnswers = new Appended.At(7, Appended.Novelty.NEW);
    assertInstanceOf(KeyChange.Revoked.class, keys.revoke(leaked, OPERATOR));
    assertEquals(List.of(leaked, leaked), world.revoked);
    assertEquals(1, world.audited.stream().filter(e -> e.action() == Action.KEY_REVOKED).count());
  }

  @Test
  void unknownKeyCannotBeRevoked() {
    assertInstanceOf(KeyChange.Impossible.class, world.issuer("a").revoke("no-such-key", OPERATOR));
  }

  @Test
  void appendWithoutAnswerIsRepeatedAndNothingIsDoneTwice() {
    List<FaultyLog.Fate> fates = new ArrayList<>();
    FaultyLog log =
        new FaultyLog(
            world.log("a"), () -> fates.isEmpty() ? FaultyLog.Fate.ANSWERED : fates.removeFirst());
    SigningKeys keys = world.issuer(log, TERMS);
    String before = world.signs(keys);
    fates.addAll(
        List.of(
            FaultyLog.Fate.ANSWERED,
            FaultyLog.Fate.WRITTEN,
            FaultyLog.Fate.LOST,
            FaultyLog.Fate.WRITTEN));
    assertInstanceOf(KeyChange.Planned.class, keys.rotate(When.KNOWN, OPERATOR));
    world.settle(keys);
    keys.tick();
    keys.tick();
    assertTrue(fates.isEmpty());
    assertNotEquals(before, world.signs(keys));
    List<AuditEvent> activated =
        world.audited.stream().filter(e -> e.action() == Action.KEY_ACTIVATED).toList();
    assertEquals(2, activated.size());
    assertEquals(Set.of(before, world.signs(keys)).size(), activated.size());
  }

  @Test
  void nothingGoesOnThatTheAuditLogDoesNotTake() {
    SigningKeys keys = world.issuer("a");
    String before = world.signs(keys);
    world.auditAnswers = new Appended.Unknown("a fault");
    assertInstanceOf(KeyChange.Unavailable.class, keys.revoke(before, OPERATOR));
    assertEquals(List.of(), world.revoked);
    long end = world.log("x").end(Topic.KEY);
    world.pass(TERMS.rotateEvery(), keys);
    assertEquals(end, world.log("x").end(Topic.KEY));
    world.auditAnswers = new Appended.At(1, Appended.Novelty.NEW);
    assertInstanceOf(KeyChange.Revoked.class, keys.revoke(before, OPERATOR));
    assertEquals(1, world.audited.stream().filter(e -> e.action() == Action.KEY_REVOKED).count());
  }

  @Test
  void fullLogTakesRevocationButNoNewKey() {
    SigningKeys keys = world.issuer("a");
    String kid = world.signs(keys);
    world.store.become(new LogHealth.Full());
    assertInstanceOf(KeyChange.Revoked.class, keys.revoke(kid, OPERATOR));
    assertFalse(keys.isReady());
    world.store.become(new LogHealth.Sound());
    world.settle(keys);
    assertTrue(keys.isReady());
  }

  @Test
  void manyRecordsAreSummarizedAndReadTheSame() {
    KeyTerms brief =
        KeyTerms.of(
            TERMS.algorithm(), Duration.ofSeconds(1), Duration.ofMinutes(2), 2, Duration.ZERO);
    SigningKeys keys = world.issuer(world.log("a"), brief);
    keys.startCanary(
        new KeyControl.CanaryWish(5, Set.of("orders"), Set.of()), Algorithm.EDDSA, OPERATOR);
    MemoryLog log = new MemoryLog(world.store, "x", world.clock);
    while (log.read(0, 1, Set.of(Topic.KEY)).getFirst().position() == 1) {
      world.pass(Duration.ofMinutes(1), keys);
    }
    LiveRing fresh = new LiveRing();
    fresh.catchUp(log);
    keys.catchUp();
    assertEquals(keys.ring().state(), fresh.current().state());
    assertTrue(log.read(0, 5_000, Set.of(Topic.KEY)).size() < 1_000);
  }

  @Test
  void canarySignsWhatItPicksOnceReadersKnowItsKey() {
    SigningKeys keys = world.issuer("a");
    String usual = world.signs(keys);
    KeyChange.CanaryRuns runs =
        assertInstanceOf(
            KeyChange.CanaryRuns.class,
            keys.startCanary(
                new KeyControl.CanaryWish(0, Set.of("orders"), Set.of()),
                Algorithm.EDDSA,
                OPERATOR));
    assertEquals(world.clock.instant().plus(LEAD), runs.notBefore());
    assertEquals(usual, world.signs(keys, "orders", "p"));
    world.pass(LEAD, keys);
    String canary = world.signs(keys, "orders", "p");
    assertEquals("EdDSA", status(keys, canary).algorithm());
    assertEquals("canary", status(keys, canary).role());
    assertEquals(usual, world.signs(keys, "payments", "p"));

    keys.widenCanary(new KeyControl.CanaryWish(100, Set.of(), Set.of()), OPERATOR);
    assertEquals(canary, world.signs(keys, "payments", "p"));

    assertInstanceOf(KeyChange.CanaryStopped.class, keys.stopCanary(OPERATOR));
    assertEquals(usual, world.signs(keys, "orders", "p"));
    assertEquals("retiring", status(keys, canary).state());
    assertTrue(World.kids(keys.keySet()).contains(canary));
    assertEquals(
        3, world.audited.stream().filter(e -> e.action() == Action.CANARY_CHANGED).count());
  }

  @Test
  void canaryReachesEveryReplica() {
    SigningKeys a = world.issuer("a");
    SigningKeys b = world.issuer("b");
    a.startCanary(new KeyControl.CanaryWish(0, Set.of(), Set.of("p")), Algorithm.ES256, OPERATOR);
    world.pass(LEAD, a, b);
    String ofB = world.signs(b, "orders", "p");
    assertNotEquals(world.signs(b, "orders", "q"), ofB);
    assertNotEquals(world.signs(a, "orders", "p"), ofB);
    assertEquals("canary", status(b, ofB).role());
  }

  @Test
  void onlyOneCanaryRuns() {
    SigningKeys keys = world.issuer("a");
    KeyControl.CanaryWish wish = new KeyControl.CanaryWish(5, Set.of(), Set.of());
    assertInstanceOf(KeyChange.Impossible.class, keys.widenCanary(wish, OPERATOR));
    keys.startCanary(wish, Algorithm.EDDSA, OPERATOR);
    assertInstanceOf(KeyChange.Impossible.class, keys.startCanary(wish, Algorithm.RS256, OPERATOR));
    keys.stopCanary(OPERATOR);
    assertInstanceOf(KeyChange.CanaryStopped.class, keys.stopCanary(OPERATOR));
  }

  /** One operator has stopped it, and was told so, while another one widens it. */
  @Test
  void stoppedCanaryIsNotBroughtBackByOneWhoWidensIt() {
    SigningKeys stops = world.issuer("b");
    List<Runnable> meanwhile = new ArrayList<>();
    FaultyLog log = meanwhile(meanwhile);
    SigningKeys widens = world.issuer(log, TERMS);
    KeyControl.CanaryWish all = new KeyControl.CanaryWish(100, Set.of(), Set.of());
    widens.startCanary(new KeyControl.CanaryWish(5, Set.of(), Set.of()), Algorithm.EDDSA, OPERATOR);
    world.settle(stops, widens);
    meanwhile.add(
        () -> assertInstanceOf(KeyChange.CanaryStopped.class, stops.stopCanary(OPERATOR)));
    KeyChange.Impossible refused =
        assertInstanceOf(KeyChange.Impossible.class, widens.widenCanary(all, OPERATOR));
    assertEquals("no_canary", refused.code());
    assertTrue(meanwhile.isEmpty());
    assertEquals(Optional.empty(), widens.canary());
  }

  @Test
  void canaryThatAnotherHasStartedMeanwhileStays() {
    SigningKeys first = world.issuer("b");
    List<Runnable> meanwhile = new ArrayList<>();
    SigningKeys second = world.issuer(meanwhile(meanwhile), TERMS);
    world.settle(first, second);
    KeyControl.CanaryWish wish = new KeyControl.CanaryWish(5, Set.of(), Set.of());
    meanwhile.add(
        () ->
            assertInstanceOf(
                KeyChange.CanaryRuns.class, first.startCanary(wish, Algorithm.EDDSA, OPERATOR)));
    assertInstanceOf(
        KeyChange.Impossible.class, second.startCanary(wish, Algorithm.RS256, OPERATOR));
    assertTrue(meanwhile.isEmpty());
    assertEquals(Optional.of(Algorithm.EDDSA), second.canary().map(Canary::algorithm));
  }

  /** A log at which others are always a little faster. */
  private FaultyLog meanwhile(List<Runnable> others) {
    return new FaultyLog(
        world.log("a"),
        () -> {
          if (!others.isEmpty()) {
            others.removeFirst().run();
          }
          return FaultyLog.Fate.ANSWERED;
        });
  }

  @Test
  void clockThatIsSetForwardLetsNoKeySignBeforeReadersKnowIt() {
    SigningKeys keys = world.issuer("a");
    keys.rotate(When.KNOWN, OPERATOR);
    keys.rotate(When.KNOWN, OPERATOR);
    String before = world.signs(keys);
    assertInstanceOf(KeyChange.Planned.class, keys.rotate(When.KNOWN, OPERATOR));
    world.clock.step(LEAD.plusMinutes(5));
    world.settle(keys);
    assertEquals(before, world.signs(keys));
    world.clock.step(LEAD.plusMinutes(5).negated());
    world.pass(LEAD.minusNanos(1), keys);
    assertEquals(before, world.signs(keys));
    world.pass(Duration.ofNanos(1), keys);
    assertNotEquals(before, world.signs(keys));
  }

  @Test
  void clockThatIsSetForwardEndsNoKeyBeforeItsTokens() {
    SigningKeys keys = world.issuer("a");
    String old = world.signs(keys);
    keys.rotate(When.KNOWN, OPERATOR);
    world.clock.step(LEAD.plusMinutes(5));
    world.settle(keys);
    assertTrue(World.kids(keys.keySet()).contains(old));
    world.pass(LEAD.minusNanos(1), keys);
    assertTrue(World.kids(keys.keySet()).contains(old));
    world.pass(Duration.ofNanos(1), keys);
    assertFalse(World.kids(keys.keySet()).contains(old));
  }

  @Test
  void tokensOfBeforeTheClockWasSetForwardCountWhenTheirKeyStops() {
    KeyTerms quick =
        KeyTerms.of(TERMS.algorithm(), Duration.ofSeconds(2), TERMS.rotateEvery(), 2, LEEWAY);
    SigningKeys keys = world.issuer(world.log("a"), quick);
    Duration life = Duration.ofMinutes(14);
    String old =
        keys.signer()
            .sign("{}", "at+jwt", new TokenSigner.Facts("a", "p", world.clock.instant().plus(life)))
            .kid();
    world.clock.step(Duration.ofHours(1));
    keys.rotate(When.KNOWN, OPERATOR);
    world.pass(life.plus(LEEWAY).minusNanos(1), keys);
    assertTrue(World.kids(keys.keySet()).contains(old));
    world.pass(Duration.ofSeconds(1), keys);
    assertFalse(World.kids(keys.keySet()).contains(old));
  }

  @Test
  void configuredAlgorithmIsTakenUpWithoutAGap() {
    String old = world.signs(world.issuer("a"));
    KeyTerms other = KeyTerms.of(Algorithm.EDDSA, LEAD, TERMS.rotateEvery(), 2, LEEWAY);
    SigningKeys keys = world.issuer(world.log("a"), other);
    assertEquals(old, world.signs(keys));
    world.pass(LEAD, keys);
    assertEquals("EdDSA", status(keys, world.signs(keys)).algorithm());
    world.pass(TERMS.rotateEvery().multipliedBy(2).plus(LEAD), keys);
    assertTrue(
        keys.keys().stream()
            .filter(k -> k.algorithm().equals("ES256"))
            .allMatch(k -> k.state().equals("retired")));
  }

  @Test
  void countsWhatEachKeyHasSigned() {
    SigningKeys keys = world.issuer("a");
    String kid = world.signs(keys);
    world.signs(keys);
    assertEquals(2, status(keys, kid).signed());
    assertTrue(TTL.compareTo(TERMS.longestTtl()) < 0);
  }

  @Test
  void auditTellsWhoWantedIt() {
    SigningKeys a = world.issuer("a");
    SigningKeys b = world.issuer("b");
    world.pass(LEAD, a, b);
    world.audited.clear();
    a.rotate(When.KNOWN, OPERATOR);
    world.settle(a, b);
    world.pass(TERMS.rotateEvery(), a, b);
    List<String> told =
        world.audited.stream()
            .filter(e -> e.action() == Action.KEY_ACTIVATED)
            .map(
                e ->
                    e.details().get("writer")
                        + " "
                        + e.actor().name()
                        + " "
                        + e.details().getOrDefault("rotation_asked_by", "-"))
            .toList();
    assertEquals(
        List.of("a alice -", "b key schedule alice", "a key schedule -", "b key schedule -"), told);
  }
}
