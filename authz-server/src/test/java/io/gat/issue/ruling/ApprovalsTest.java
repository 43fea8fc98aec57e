package io.gat.issue.ruling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.issue.ruling.Approvals.Answered;
import io.gat.issue.ruling.Approvals.Asked;
import io.gat.log.Appended;
import io.gat.log.LogHealth;
import io.gat.log.MemoryLog;
import io.gat.log.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ApprovalsTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

  private final MemoryLog.Store store = new MemoryLog.Store();
  private final List<MemoryLog> logs = new ArrayList<>();
  private final List<Approvals> opened = new ArrayList<>();
  private final Approvals approvals = open();

  private Approvals open() {
    MemoryLog log = new MemoryLog(store, "issuer-" + logs.size(), InstantSource.fixed(NOW));
    logs.add(log);
    Approvals one = new Approvals(log);
    opened.add(one);
    return one;
  }

  @AfterEach
  void close() {
    opened.forEach(Approvals::close);
    logs.forEach(MemoryLog::close);
  }

  private static ApprovalWish wish(String principal, String scope) {
    return new ApprovalWish(
        principal,
        "notebook",
        "oidc:https://idp#bob",
        Set.of(principal, "oidc:https://idp#bob", "bob"),
        "warehouse",
        List.of(scope, "rows:list"),
        Duration.ofSeconds(60),
        ApprovalWish.Binding.CERTIFICATE,
        Map.of("purpose", "audit"),
        "data/export",
        Set.of("carol", "dave", "bob"),
        Duration.ofMinutes(30));
  }

  private static String id(Asked asked) {
    return assertInstanceOf(Asked.Waits.class, asked).approval().id();
  }

  private static Approval done(Answered answered) {
    return assertInstanceOf(Answered.Done.class, answered).approval();
  }

  @Test
  void theSameIsAskedOnce() {
    String id = id(approvals.ask(wish("p", "rows:export"), NOW));
    Asked again = approvals.ask(wish("p", "rows:export"), NOW.plusSeconds(60));
    assertEquals(id, id(again));
    assertEquals(Appended.Novelty.REPEATED, ((Asked.Waits) again).novelty());
    assertEquals(2, Set.of(id, id(approvals.ask(wish("q", "rows:export"), NOW))).size());
    assertEquals(2, approvals.all(NOW).size());
  }

  @Test
  void aYesIsGoodForItsTime() {
    String id = id(approvals.ask(wish("p", "rows:export"), NOW));
    assertEquals(List.of(), approvals.granted("p", NOW));
    Approval granted =
        done(approvals.grant(id, "carol", Duration.ofMinutes(10), "audit 7", NOW.plusSeconds(60)));
    assertEquals(NOW.plusSeconds(660), granted.ends());
    assertEquals(List.of(granted), approvals.granted("p", NOW.plusSeconds(659)));
    assertEquals(List.of(), approvals.granted("p", NOW.plusSeconds(660)));
    assertEquals(List.of(), approvals.granted("q", NOW.plusSeconds(61)));
  }

  @Test
  void noLongerThanTheRuleAllows() {
    String id = id(approvals.ask(wish("p", "rows:export"), NOW));
    Approval granted = done(approvals.grant(id, "carol", Duration.ofHours(8), "audit 7", NOW));
    assertEquals(NOW.plus(Duration.ofMinutes(30)), granted.ends());
  }

  @Test
  void nobodySaysYesToTheirOwn() {
    Approval asked =
        assertInstanceOf(Asked.Waits.class, approvals.ask(wish("p", "rows:export"), NOW))
            .approval();
    assertEquals(Optional.of("own_request"), Approvals.objection(asked, "bob"));
    assertEquals(Optional.of("own_request"), Approvals.objection(asked, "oidc:https://idp#bob"));
    assertEquals(Optional.of("own_request"), Approvals.objection(asked, "p"));
    assertEquals(Optional.of("not_an_approver"), Approvals.objection(asked, "eve"));
    assertEquals(Optional.empty(), Approvals.objection(asked, "carol"));
    assertThrows(
        IllegalArgumentException.class,
        () -> approvals.grant(asked.id(), "bob", Duration.ofMinutes(1), "mine", NOW));
    assertEquals("pending", approvals.find(asked.id(), NOW).orElseThrow().word());
  }

  @Test
  void theFirstAnswerCountsEverywhere() {
    String id = id(approvals.ask(wish("p", "rows:export"), NOW));
    Approvals other = open();
    assertEquals("refused", done(other.refuse(id, "dave", "not today", NOW)).word());
    Answered late = approvals.grant(id, "carol", Duration.ofMinutes(5), "audit 7", NOW);
    assertEquals("refused", done(late).word());
    assertEquals(List.of(), approvals.granted("p", NOW));
    assertEquals(List.of(), other.granted("p", NOW));
  }

  @Test
  void aNoIsRememberedForAnHour() {
    String id = id(approvals.ask(wish("p", "rows:export"), NOW));
    approvals.refuse(id, "dave", "not today", NOW);
    Instant later = NOW.plus(Duration.ofMinutes(59));
    assertInstanceOf(Asked.Refused.class, approvals.ask(wish("p", "rows:export"), later));
    assertInstanceOf(Asked.Waits.class, approvals.ask(wish("p", "rows:other"), later));
    Instant after = NOW.plus(Duration.ofMinutes(60));
    assertTrue(!id.equals(id(approvals.ask(wish("p", "rows:export"), after))));
  }

  @Test
  void isThereAfterARestart() {
    String waiting = id(approvals.ask(wish("p", "rows:export"), NOW));
    String granted = id(approvals.ask(wish("q", "rows:export"), NOW));
    approvals.grant(granted, "carol", Duration.ofMinutes(5), "audit 7", NOW);
    Approvals restarted = open();
    assertEquals(approvals.all(NOW), restarted.all(NOW));
    assertEquals(waiting, id(restarted.ask(wish("p", "rows:export"), NOW)));
    assertEquals(
        new Approval.State.Granted("carol", "audit 7", NOW, NOW.plusSeconds(300)),
        restarted.granted("q", NOW).getFirst().state());
    assertEquals(wish("q", "rows:export"), restarted.granted("q", NOW).getFirst().wish());
  }

  @Test
  void whatWaitsIsBounded() {
    for (int i = 0; i < Approvals.MAX_OF_ONE; i++) {
      id(approvals.ask(wish("p", "scope:" + i), NOW));
    }
    assertInstanceOf(Asked.TooMany.class, approvals.ask(wish("p", "rows:export"), NOW));
    id(approvals.ask(wish("q", "rows:export"), NOW));
    Instant tomorrow = NOW.plus(Approval.PATIENCE);
    id(approvals.ask(wish("p", "rows:export"), tomorrow));
    for (int i = 0; approvals.all(tomorrow).size() < Approvals.MAX; i++) {
      id(approvals.ask(wish("many-" + i, "rows:export"), tomorrow));
    }
    assertInstanceOf(Asked.TooMany.class, approvals.ask(wish("new", "rows:export"), tomorrow));
  }

  @Test
  void manyAtOnceAskOnce() throws Exception {
    Set<String> ids = new HashSet<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Asked>> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add(threads.submit(() -> approvals.ask(wish("p", "rows:export"), NOW)));
      }
      for (Future<Asked> one : all) {
        ids.add(id(one.get()));
      }
    }
    assertEquals(1, ids.size(), ids.toString());
    assertEquals(1, approvals.all(NOW).size());
  }

  @Test
  void whatHasEndedLeavesTheLog() {
    String old = id(approvals.ask(wish("p", "rows:export"), NOW));
    Instant later = NOW.plus(Duration.ofHours(20));
    String fresh = id(approvals.ask(wish("q", "rows:export"), later));
    Instant end = NOW.plus(Approval.PATIENCE);
    // The log tells of both by itself; until it has, nothing is dropped that is not known.
    MemoryLog log = logs.getFirst();
    while (log.find(Topic.APPROVAL, "asked:" + old).isPresent()) {
      id(approvals.ask(wish("r", "rows:export"), NOW.plusSeconds(1)));
      approvals.sweep(end.plusSeconds(2));
    }
    assertEquals(Optional.empty(), approvals.find(old, NOW));
    assertEquals(fresh, approvals.find(fresh, end).orElseThrow().id());
    assertTrue(log.find(Topic.APPROVAL, "asked:" + fresh).isPresent());
    assertEquals(
        List.of(fresh), open().all(end.plusSeconds(2)).stream().map(Approval::id).toList());
  }

  @Test
  void nothingCountsThatTheLogDoesNotTake() {
    String id = id(approvals.ask(wish("p", "rows:export"), NOW));
    store.become(new LogHealth.Failed("away"));
    assertInstanceOf(Asked.Unknown.class, approvals.ask(wish("q", "rows:export"), NOW));
    assertInstanceOf(
        Answered.Unknown.class,
        approvals.grant(id, "carol", Duration.ofMinutes(5), "audit 7", NOW));
    assertEquals(List.of(), approvals.granted("p", NOW));
    assertEquals("pending", approvals.find(id, NOW).orElseThrow().word());
  }
}
