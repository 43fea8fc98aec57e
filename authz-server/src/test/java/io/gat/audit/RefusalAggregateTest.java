package io.gat.audit;

import static io.gat.audit.AuditFixtures.issued;
import static io.gat.audit.AuditFixtures.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.log.Appended;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class RefusalAggregateTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-26T07:00:00Z"));
  private final List<AuditEvent> written = Collections.synchronizedList(new ArrayList<>());
  private final AuditTrail trail =
      event -> {
        written.add(event);
        return CompletableFuture.completedFuture(
            new Appended.At(written.size(), Appended.Novelty.NEW));
      };

  private void pass(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  @Test
  void writesTheFirstFewAndCountsTheRest() {
    try (RefusalAggregate refusals = new RefusalAggregate(trail, now::get)) {
      List<CompletableFuture<Appended>> done = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        done.add(refusals.record(refused("invalid_client")));
      }
      assertEquals(RefusalAggregate.ONE_BY_ONE, written.size());
      assertFalse(done.getLast().isDone());
      pass(Duration.ofSeconds(59));
      refusals.tick();
      assertEquals(RefusalAggregate.ONE_BY_ONE, written.size());
      pass(Duration.ofSeconds(1));
      refusals.tick();
      assertInstanceOf(Appended.At.class, done.getLast().join());
      assertEquals("995", written.getLast().details().get("count"));
      assertEquals("2026-11-26T07:00:00Z", written.getLast().details().get("from"));
      assertEquals("invalid_client", written.getLast().reason());

      var _ = refusals.record(refused("invalid_client"));
      assertEquals("", written.getLast().details().getOrDefault("count", ""));
    }
  }

  @Test
  void letsEverythingElsePass() {
    try (RefusalAggregate refusals = new RefusalAggregate(trail, now::get)) {
      for (int i = 0; i < 100; i++) {
        var _ = refusals.record(issued("s" + i));
      }
      assertEquals(100, written.size());
    }
  }

  @Test
  void holdsFewCountersWhateverTheReasons() {
    try (RefusalAggregate refusals = new RefusalAggregate(trail, now::get)) {
      for (int i = 0; i < 100_000; i++) {
        var _ = refusals.record(refused("made-up-" + i));
      }
      pass(Duration.ofMinutes(1));
      refusals.tick();
      assertTrue(written.size() < 100, written.size() + " records");
      AuditEvent others = written.getLast();
      assertEquals(RefusalAggregate.OTHERS, others.reason());
      assertEquals(
          100_000 - written.size() + 1,
          Integer.parseInt(others.details().getOrDefault("count", "0")));
    }
  }

  @Test
  void writesWhatWasCountedAtTheEnd() {
    RefusalAggregate refusals = new RefusalAggregate(trail, now::get);
    for (int i = 0; i < 10; i++) {
      var _ = refusals.record(refused("invalid_client"));
    }
    refusals.close();
    assertEquals("5", written.getLast().details().get("count"));
  }

  @Test
  void aClockThatIsSetBackEndsTheMinute() {
    try (RefusalAggregate refusals = new RefusalAggregate(trail, now::get)) {
      for (int i = 0; i < 10; i++) {
        var _ = refusals.record(refused("invalid_client"));
      }
      pass(Duration.ofDays(-1));
      refusals.tick();
      assertEquals("5", written.getLast().details().get("count"));
    }
  }

  @Test
  void countsRefusalsOfCallersWhoAreKnownToo() {
    try (RefusalAggregate refusals = new RefusalAggregate(trail, now::get)) {
      for (int i = 0; i < 1_000; i++) {
        for (String name : List.of("olga", "mallory")) {
          var _ =
              refusals.record(
                  AuditEvent.about(
                          AuditEvent.Action.OPERATOR_REFUSED,
                          AuditEvent.Outcome.REFUSED,
                          new AuditEvent.Actor(AuditEvent.Actor.Kind.CALLER, name, "T" + i))
                      .withReason("insufficient_scope")
                      .event());
        }
      }
      assertEquals(2 * RefusalAggregate.ONE_BY_ONE, written.size());
      pass(Duration.ofMinutes(1));
      refusals.tick();
      assertEquals(2 * RefusalAggregate.ONE_BY_ONE + 2, written.size());
      assertEquals("mallory", written.getLast().actor().name());
      assertEquals("995", written.getLast().details().get("count"));
    }
  }
}
