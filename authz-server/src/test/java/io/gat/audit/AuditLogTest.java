package io.gat.audit;

import static io.gat.audit.AuditFixtures.SIGNER;
import static io.gat.audit.AuditFixtures.events;
import static io.gat.audit.AuditFixtures.issued;
import static io.gat.audit.AuditFixtures.revoked;
import static io.gat.audit.AuditFixtures.verifyLog;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditLog.Settings;
import io.gat.audit.UncertainLog.Fate;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogHealth;
import io.gat.log.MemoryLog;
import io.gat.log.MemoryLog.Store;
import io.gat.log.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AuditLogTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-26T07:00:00Z"));

  private static final List<Fate> FATES = List.of(Fate.values());

  private final Store store = new Store();
  private final MemoryLog memory = new MemoryLog(store, "issuer-1", CLOCK);
  private final List<String> exported = Collections.synchronizedList(new ArrayList<>());

  private AuditLog open() {
    return AuditLog.open(memory, SIGNER, exported::add, CLOCK);
  }

  private void assertSound() {
    VerifyReport report = verifyLog(memory, exported);
    assertEquals(List.of(), report.findings());
  }

  @Test
  void writesEventsInOneChain() throws Exception {
    List<AuditEvent> written = new ArrayList<>();
    try (AuditLog audit = open()) {
      for (int i = 0; i < 50; i++) {
        AuditEvent event = i % 7 == 0 ? revoked("s" + i) : issued("s" + i);
        written.add(event);
        assertInstanceOf(Appended.At.class, audit.record(event).join());
      }
    }
    assertEquals(written, events(memory));
    assertSound();
    assertEquals(0, verifyLog(memory, exported).uncovered());
  }

  @Test
  void goesOnWithItsChainAfterARestart() throws Exception {
    for (int run = 0; run < 4; run++) {
      try (AuditLog audit = open()) {
        audit.record(issued("run-" + run)).join();
      }
    }
    assertEquals(4, events(memory).size());
    assertSound();
    // Each run has an opening, an event, and a close.
    assertEquals(8, exported.size());
  }

  @Test
  void goesOnWithItsChainFarBehindOthers() throws Exception {
    try (AuditLog audit = open()) {
      audit.record(issued("first")).join();
    }
    MemoryLog other = new MemoryLog(store, "issuer-2", CLOCK);
    try (AuditLog audit = AuditLog.open(other, SIGNER, exported::add, CLOCK)) {
      List<CompletableFuture<Appended>> all = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        all.add(audit.record(issued("other")));
      }
      all.forEach(CompletableFuture::join);
    }
    try (AuditLog audit = open()) {
      audit.record(issued("second")).join();
    }
    assertSound();
    assertEquals(3_002, events(memory).size());
  }

  @Test
  void twoWritersShareALogEachWithItsOwnChain() throws Exception {
    MemoryLog other = new MemoryLog(store, "issuer-2", CLOCK);
    try (AuditLog one = open();
        AuditLog two = AuditLog.open(other, SIGNER, exported::add, CLOCK)) {
      for (int i = 0; i < 20; i++) {
        one.record(issued("a" + i)).join();
        two.record(issued("b" + i)).join();
      }
    }
    assertSound();
    assertEquals(2, verifyLog(memory, exported).writers().size());
  }

  @ParameterizedTest
  @EnumSource(Fate.class)
  void findsOutWhatBecameOfAnAppend(Fate fate) throws Exception {
    UncertainLog log = new UncertainLog(memory);
    try (AuditLog audit = AuditLog.open(log, SIGNER, exported::add, CLOCK)) {
      audit.record(issued("before")).join();
      log.next(fate);
      assertInstanceOf(Appended.At.class, audit.record(issued("unclear")).join());
      audit.record(issued("after")).join();
    }
    assertEquals(
        List.of("before", "unclear", "after"),
        events(memory).stream().map(AuditEvent::subject).toList());
    assertSound();
  }

  @ParameterizedTest
  @EnumSource(Fate.class)
  void writesNothingUntilItIsClear(Fate fate) throws Exception {
    UncertainLog log = new UncertainLog(memory);
    try (AuditLog audit = AuditLog.open(log, SIGNER, exported::add, CLOCK)) {
      log.next(fate);
      log.silent(true);
      Appended first = audit.record(issued("unclear")).join();
      Appended second = audit.record(issued("later")).join();
      if (fate == Fate.KNOWN) {
        assertInstanceOf(Appended.At.class, second);
      } else {
        assertInstanceOf(Appended.Unknown.class, first);
        assertInstanceOf(Appended.Unknown.class, second);
      }
      log.silent(false);
      assertInstanceOf(Appended.At.class, audit.record(issued("last")).join());
    }
    assertSound();
    List<String> subjects = events(memory).stream().map(AuditEvent::subject).toList();
    assertEquals("last", subjects.getLast());
    assertEquals(
        fate == Fate.KNOWN ? 3 : fate == Fate.LOST ? 1 : 2, subjects.size(), subjects.toString());
  }

  @Test
  void neverForksWhateverTheLogKnows() throws Exception {
    Random random = new Random(20261126);
    UncertainLog log = new UncertainLog(memory);
    List<String> acknowledged = new ArrayList<>();
    for (int run = 0; run < 20; run++) {
      try (AuditLog audit = AuditLog.open(log, SIGNER, exported::add, CLOCK)) {
        for (int i = 0; i < 30; i++) {
          log.next(FATES.get(random.nextInt(FATES.size())));
          log.silent(random.nextInt(8) == 0);
          String subject = run + "-" + i;
          if (audit.record(issued(subject)).join() instanceof Appended.At) {
            acknowledged.add(subject);
          }
        }
        log.silent(false);
      }
    }
    assertSound();
    List<String> subjects = events(memory).stream().map(AuditEvent::subject).toList();
    assertTrue(subjects.containsAll(acknowledged));
    assertEquals(subjects.size(), subjects.stream().distinct().count());
  }

  @Test
  void twoProcessesOfOneNameAreNoticed() {
    UncertainLog log = new UncertainLog(memory);
    try (AuditLog audit = AuditLog.open(log, SIGNER, exported::add, CLOCK);
        AuditLog twin = AuditLog.open(memory, SIGNER, exported::add, CLOCK)) {
      twin.record(issued("twin")).join();
      log.next(Fate.LOST);
      Appended.Unknown unclear =
          assertInstanceOf(Appended.Unknown.class, audit.record(issued("mine")).join());
      assertTrue(unclear.why().contains("two servers have the same name"), unclear.why());
      assertInstanceOf(AuditHealth.Ended.class, audit.health());
    }
  }

  @Test
  void aFullLogTakesWhatTakesAway() throws Exception {
    UncertainLog log = new UncertainLog(memory);
    try (AuditLog audit = AuditLog.open(log, SIGNER, exported::add, CLOCK)) {
      store.become(new LogHealth.Full());
      List<CompletableFuture<Appended>> grants = new ArrayList<>();
      List<CompletableFuture<Appended>> takes = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        grants.add(audit.record(issued("g" + i)));
        takes.add(audit.record(revoked("t" + i)));
      }
      grants.forEach(g -> assertInstanceOf(Appended.Full.class, g.join()));
      takes.forEach(t -> assertInstanceOf(Appended.At.class, t.join()));
      store.become(new LogHealth.Sound());
      assertInstanceOf(Appended.At.class, audit.record(issued("again")).join());
    }
    assertEquals(21, events(memory).size());
    assertSound();
  }

  @Test
  void turnsGrantsAwayBeforeRevocations() throws Exception {
    CompletableFuture<Void> gate = new CompletableFuture<>();
    HeldLog held = new HeldLog(memory, gate);
    Settings small = new Settings(8, 512, 1_000, Duration.ofSeconds(10));
    try (AuditLog audit = AuditLog.open(held, SIGNER, exported::add, CLOCK, small)) {
      held.hold();
      CompletableFuture<Appended> first = audit.record(issued("under way"));
      held.awaitAppend();
      List<CompletableFuture<Appended>> grants = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        grants.add(audit.record(issued("g" + i)));
      }
      assertEquals(4, grants.stream().filter(CompletableFuture::isDone).count());
      CompletableFuture<Appended> revocation = audit.record(revoked("r"));
      assertTrue(!revocation.isDone());
      gate.complete(null);
      assertInstanceOf(Appended.At.class, first.join());
      assertInstanceOf(Appended.At.class, revocation.join());
    }
    assertSound();
  }

  @Test
  void aClockThatIsSetBackBreaksNothing() throws Exception {
    Random random = new Random(7);
    InstantSource stepping =
        () -> Instant.parse("2026-11-26T07:00:00Z").plusSeconds(random.nextInt(-100_000, 100_000));
    Settings often = new Settings(8_192, 512, 3, Duration.ofDays(1));
    for (int run = 0; run < 3; run++) {
      try (AuditLog audit = AuditLog.open(memory, SIGNER, exported::add, stepping, often)) {
        for (int i = 0; i < 20; i++) {
          audit.record(issued("s" + i)).join();
        }
      }
    }
    assertSound();
    assertTrue(exported.size() > 15, "checkpoints go by records, whatever the clock says");
  }

  @Test
  void aKeyThatCannotSignStopsNoEvent() throws Exception {
    AtomicBoolean away = new AtomicBoolean();
    CheckpointSigner signer =
        () -> {
          if (away.get()) {
            throw new IllegalStateException("the token was pulled");
          }
          return SIGNER.key();
        };
    Settings often = new Settings(8_192, 512, 2, Duration.ofDays(1));
    try (AuditLog audit = AuditLog.open(memory, signer, exported::add, CLOCK, often)) {
      away.set(true);
      for (int i = 0; i < 10; i++) {
        assertInstanceOf(Appended.At.class, audit.record(issued("s" + i)).join());
      }
      away.set(false);
      for (int i = 0; i < 4; i++) {
        audit.record(issued("t" + i)).join();
      }
    }
    assertSound();
    assertEquals(0, verifyLog(memory, exported).uncovered());
  }

  @Test
  void aCheckpointThatCannotBeKeptComesWithTheNextOne() {
    AtomicBoolean full = new AtomicBoolean();
    List<String> kept = new ArrayList<>();
    CheckpointSink sink =
        signed -> {
          exported.add(signed);
          if (full.get()) {
            throw new UncheckedIOException(new IOException("no space"));
          }
          kept.add(signed);
        };
    Settings each = new Settings(8_192, 1, 1, Duration.ofDays(1));
    try (AuditLog audit = AuditLog.open(memory, SIGNER, sink, CLOCK, each)) {
      audit.record(issued("a")).join();
      full.set(true);
      audit.record(issued("b")).join();
      audit.record(issued("c")).join();
      full.set(false);
      audit.record(issued("d")).join();
    }
    VerifyReport report = verifyLog(memory, kept);
    assertTrue(report.isSound(), report.toString());
    assertTrue(report.exported() >= 4, report.toString());
  }

  @Test
  void doesNotStartOnADamagedChain() {
    try (AuditLog audit = open()) {
      audit.record(issued("a")).join();
    }
    var _ =
        memory.append(
            new LogEntry(
                Topic.AUDIT,
                "",
                AuditRecordJson.beginning("issuer-1") + "\"seq\":",
                Effect.GRANTS));
    LogException e = assertThrows(LogException.class, this::open);
    assertTrue(String.valueOf(e.getMessage()).contains("gat audit verify"), e::toString);
  }

  @Test
  void notesThatTheLogHasBecomeAnotherOne() throws Exception {
    try (AuditLog audit = open()) {
      audit.record(issued("before")).join();
    }
    UncertainLog restored = new UncertainLog(memory, "another-incarnation000");
    try (AuditLog audit = AuditLog.open(restored, SIGNER, exported::add, CLOCK)) {
      audit.record(issued("after")).join();
    }
    List<AuditEvent> events = events(memory);
    assertEquals(
        List.of(
            AuditEvent.Action.TOKEN_ISSUED,
            AuditEvent.Action.LOG_ACCEPTED,
            AuditEvent.Action.TOKEN_ISSUED),
        events.stream().map(AuditEvent::action).toList());
    assertEquals("another-incarnation000", events.get(1).details().get("now"));
    assertSound();
  }

  @Test
  void turnsEventsAwayOnceItIsClosed() {
    AuditLog audit = open();
    audit.close();
    assertInstanceOf(Appended.Unknown.class, audit.record(issued("late")).join());
    assertSound();
  }

  @Test
  void writesNothingTwiceThatComesAfterItWasThoughtLost() throws Exception {
    UncertainLog log = new UncertainLog(memory);
    log.delay(2);
    try (AuditLog audit = AuditLog.open(log, SIGNER, exported::add, CLOCK)) {
      audit.record(issued("before")).join();
      log.next(Fate.LATE);
      assertInstanceOf(Appended.At.class, audit.record(issued("unclear")).join());
      audit.record(issued("after")).join();
    }
    assertEquals(
        List.of("before", "unclear", "after"),
        events(memory).stream().map(AuditEvent::subject).toList());
    assertSound();
  }

  @Test
  void aBugLeavesNobodyWaiting() {
    AtomicBoolean broken = new AtomicBoolean();
    InstantSource clock =
        () -> {
          if (broken.get()) {
            throw new IllegalStateException("a bug");
          }
          return CLOCK.instant();
        };
    try (AuditLog audit = AuditLog.open(memory, SIGNER, exported::add, clock)) {
      assertEquals(new AuditHealth.Sound(), audit.health());
      broken.set(true);
      assertInstanceOf(Appended.Unknown.class, audit.record(issued("in hand")).join());
      assertInstanceOf(Appended.Unknown.class, audit.record(issued("later")).join());
      assertInstanceOf(AuditHealth.Ended.class, audit.health());
    }
  }

  @Test
  void tellsSinceWhenNoCheckpointHasLeft() {
    AtomicBoolean away = new AtomicBoolean();
    CheckpointSink sink =
        signed -> {
          if (away.get()) {
            throw new UncheckedIOException(new IOException("no disk"));
          }
        };
    Settings each = new Settings(8_192, 1, 1, Duration.ofDays(1));
    CompletableFuture<Appended> last;
    AuditLog audit = AuditLog.open(memory, SIGNER, sink, CLOCK, each);
    try (audit) {
      away.set(true);
      audit.record(issued("a")).join();
      audit.record(issued("b")).join(); // behind the checkpoint of the first
      AuditHealth.NotExported since =
          assertInstanceOf(AuditHealth.NotExported.class, audit.health());
      assertEquals(CLOCK.instant(), since.since());
      assertTrue(since.why().contains("no disk"), since.why());
      audit.record(issued("c")).join();
      away.set(false);
      audit.record(issued("d")).join();
      last = audit.record(issued("e"));
      last.join();
      assertEquals(new AuditHealth.Sound(), audit.health());
    }
    assertInstanceOf(AuditHealth.Ended.class, audit.health());
  }
}
