package io.gat.audit;

import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Events, keys and what was written. */
final class AuditFixtures {
  static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  static final CheckpointSigner SIGNER = CheckpointSigner.of(() -> KEY);

  static final CheckpointTrust TRUST =
      CheckpointTrust.in(List.of(KEY.verificationKey()), CryptoProvider.best());

  private AuditFixtures() {}

  static AuditEvent issued(String subject) {
    return issuing(subject).event();
  }

  /** The same, of which more is to be said. */
  static AuditDraft issuing(String subject) {
    return AuditEvent.about(
            Action.TOKEN_ISSUED,
            Outcome.DONE,
            new Actor(Actor.Kind.CALLER, "spiffe://cluster.local/ns/shop/sa/checkout", ""))
        .withSubject(subject)
        .withClient("checkout")
        .withTokenId("AAAAAAAAAAAAAAAAAAAAAA")
        .withAudiences(List.of("orders"))
        .withScopes(List.of("orders:read", "orders:write"))
        .withKid("k1")
        .withRule("shop/checkout-reads-orders")
        .withCall("req-" + subject, "0af7651916cd43dd8448eb211c80319c");
  }

  static AuditEvent revoked(String subject) {
    return AuditEvent.about(
            Action.REVOKED, Outcome.DONE, new Actor(Actor.Kind.OPERATOR, "olga", "BBBB"))
        .withSubject(subject)
        .withReason("laptop lost")
        .withDetail("block", "true")
        .event();
  }

  static AuditEvent refused(String reason) {
    return AuditEvent.about(
            Action.TOKEN_REFUSED, Outcome.REFUSED, new Actor(Actor.Kind.ANONYMOUS, "", ""))
        .withReason(reason)
        .event();
  }

  static List<LogRecord> records(LogReader log) {
    return log.read(0, Integer.MAX_VALUE, Set.of(Topic.AUDIT));
  }

  static List<String> payloads(LogReader log) {
    return records(log).stream().map(LogRecord::payload).toList();
  }

  /** The events of a log in their order. */
  static List<AuditEvent> events(LogReader log) throws UnreadableRecordException {
    List<AuditEvent> events = new ArrayList<>();
    for (String payload : payloads(log)) {
      switch (AuditRecordJson.read(payload).content()) {
        case AuditRecord.Content.Happened happened -> events.add(happened.event());
        case AuditRecord.Content.Signed checkpoint -> {}
      }
    }
    return events;
  }

  static VerifyReport verifyLog(LogReader log, List<String> exported) {
    AuditVerifier verifier =
        new AuditVerifier(TRUST, AuditVerifier.Places.POSITIONS, AuditVerifier.Extent.WHOLE);
    for (int i = 0; i < exported.size(); i++) {
      verifier.expect(i + 1, exported.get(i));
    }
    records(log).forEach(r -> verifier.add(r.position(), r.payload()));
    return verifier.end();
  }

  static VerifyReport verifyLines(List<String> payloads, List<String> exported) {
    AuditVerifier verifier =
        new AuditVerifier(TRUST, AuditVerifier.Places.LINES, AuditVerifier.Extent.WHOLE);
    for (int i = 0; i < exported.size(); i++) {
      verifier.expect(i + 1, exported.get(i));
    }
    for (int i = 0; i < payloads.size(); i++) {
      verifier.add(i + 1, payloads.get(i));
    }
    return verifier.end();
  }
}
