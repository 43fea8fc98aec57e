package io.gat.keys.life;

import static io.gat.keys.life.World.OPERATOR;
import static io.gat.keys.life.World.TERMS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditLog;
import io.gat.audit.AuditRecord;
import io.gat.audit.AuditRecordJson;
import io.gat.audit.CheckpointSigner;
import io.gat.audit.UnreadableRecordException;
import io.gat.keys.Algorithm;
import io.gat.keys.SigningKey;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An issuer that ends between a change of the keys and its audit record. */
final class UnauditedKeysTest {
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, World.CRYPTO);

  private final World world = new World();

  private AuditLog audit(SharedLog log) {
    AuditLog audit = AuditLog.open(log, CheckpointSigner.of(() -> KEY), signed -> {}, world.clock);
    world.trail = audit;
    return audit;
  }

  private List<AuditEvent> audited() throws UnreadableRecordException {
    List<AuditEvent> events = new ArrayList<>();
    for (LogRecord record : world.log("-").read(0, 10_000, Set.of(Topic.AUDIT))) {
      if (AuditRecordJson.read(record.payload()).content()
          instanceof AuditRecord.Content.Happened happened) {
        events.add(happened.event());
      }
    }
    return events;
  }

  @Test
  void whatAnEndedProcessHasNotAuditedIsAuditedAtTheNextStartAndOnce() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    SharedLog failing =
        new FaultyLog(
            world.log("a"), () -> fails.get() ? FaultyLog.Fate.LOST : FaultyLog.Fate.ANSWERED);
    String leaked;
    try (AuditLog _ = audit(failing)) {
      // Its own log goes on, that of its audit records does not.
      SigningKeys dies = world.issuer("a");
      leaked = world.signs(dies);
      fails.set(true);
      assertInstanceOf(
          KeyChange.Unavailable.class, dies.revoke(leaked, OPERATOR.because("leaked")));
    }
    assertEquals(0, revocations(leaked).size());

    for (int start = 0; start < 3; start++) {
      try (AuditLog _ = audit(world.log("a"))) {
        SigningKeys _ = world.issuer("a");
      }
      List<AuditEvent> told = revocations(leaked);
      assertEquals(1, told.size());
      assertEquals(OPERATOR.actor(), told.getFirst().actor());
      assertEquals("leaked", told.getFirst().reason());
      assertEquals(OPERATOR.requestId(), told.getFirst().requestId());
    }
    // Every record that changes keys is told exactly once.
    List<String> records =
        audited().stream().map(e -> e.action() + e.kid() + e.details().get("key_record")).toList();
    assertEquals(Set.copyOf(records).size(), records.size());
  }

  private List<AuditEvent> revocations(String kid) throws UnreadableRecordException {
    return audited().stream()
        .filter(e -> e.action() == Action.KEY_REVOKED && e.kid().equals(kid))
        .toList();
  }

  @Test
  void onlyTheKeysOfARecordThatAreMissingAreTold() throws Exception {
    AtomicInteger left = new AtomicInteger(2); // the first checkpoint, and the first key
    SharedLog failing =
        new FaultyLog(
            world.log("a"),
            () -> left.getAndDecrement() > 0 ? FaultyLog.Fate.ANSWERED : FaultyLog.Fate.LOST);
    try (AuditLog _ = audit(failing)) {
      assertThrows(LogException.class, () -> world.issuer("a"));
    }
    assertEquals(1, audited().size());
    try (AuditLog _ = audit(world.log("a"))) {
      SigningKeys _ = world.issuer("a");
    }
    List<String> published =
        audited().stream()
            .filter(e -> e.action() == Action.KEY_PUBLISHED)
            .map(AuditEvent::kid)
            .toList();
    assertEquals(TERMS.pool() + 1, Set.copyOf(published).size());
    assertEquals(TERMS.pool() + 1, published.size());
    assertEquals(
        List.of(),
        new UnauditedKeys(world.log("a"), "a", new KeyAudit(TERMS.publishLead())).find());
  }
}
