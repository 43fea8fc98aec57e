package io.gat.keys.life;

import io.gat.audit.AuditDraft;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the audit log is told of a record of the ring: by nothing but the ring, the record and its
 * cause, all of which the log keeps. So it can be told later, too, by whoever reads the log.
 */
final class KeyAudit {
  /** The detail that names the record, so that anybody can see which ones were told. */
  static final String RECORD = "key_record";

  private final Duration publishLead;

  KeyAudit(Duration publishLead) {
    this.publishLead = Objects.requireNonNull(publishLead);
  }

  /**
   * The events of a record; none for what is no change that anybody asks about.
   *
   * @param before the ring that it was decided by
   * @param position of the record
   */
  List<AuditEvent> of(KeyEvent event, KeyRing before, KeyCause cause, long position) {
    return events(event, before, cause).stream()
        .map(e -> e.withDetail(RECORD, Long.toString(position)).event())
        .toList();
  }

  private List<AuditDraft> events(KeyEvent event, KeyRing before, KeyCause cause) {
    return switch (event) {
      case KeyEvent.Published p ->
          p.keys().stream()
              .map(
                  k ->
                      told(
                          Action.KEY_PUBLISHED,
                          cause,
                          k.kid(),
                          Map.of("alg", k.algorithm().joseName())))
              .toList();
      case KeyEvent.Activated a ->
          List.of(told(Action.KEY_ACTIVATED, cause, a.kid(), activated(a, before, cause)));
      case KeyEvent.Retiring r ->
          List.of(told(Action.KEY_RETIRING, cause, r.kid(), Map.of("ends", r.ends().toString())));
      case KeyEvent.Retired r ->
          List.of(told(Action.KEY_RETIRED, cause, r.kid(), algorithm(before, r.kid())));
      case KeyEvent.Revoked r -> List.of(told(Action.KEY_REVOKED, cause, r.kid(), Map.of()));
      case KeyEvent.CanarySet c ->
          List.of(told(Action.CANARY_CHANGED, cause, "", canary(c.canary())));
      case KeyEvent.CanaryStopped c ->
          List.of(told(Action.CANARY_CHANGED, cause, "", Map.of("percent", "0")));
      case KeyEvent.Renewed r -> List.of();
      case KeyEvent.Confirmed c -> List.of();
      case KeyEvent.Rewrapped r -> List.of();
      case KeyEvent.RotationAsked r -> List.of();
      case KeyEvent.Summary s -> List.of();
    };
  }

  private static AuditDraft told(
      Action action, KeyCause cause, String kid, Map<String, String> details) {
    return AuditEvent.about(action, AuditEvent.Outcome.DONE, cause.actor())
        .withReason(cause.reason())
        .withKid(kid)
        .withCall(cause.requestId(), cause.traceId())
        .withDetails(details);
  }

  private static Map<String, String> algorithm(KeyRing ring, String kid) {
    return ring.key(kid).map(k -> Map.of("alg", k.algorithm().joseName())).orElseGet(Map::of);
  }

  private Map<String, String> activated(KeyEvent.Activated event, KeyRing before, KeyCause cause) {
    Map<String, String> details = new HashMap<>(algorithm(before, event.kid()));
    details.put("writer", event.writer());
    details.put("role", KeyEventJson.word(event.role()));
    boolean asked =
        OwnKeys.of(before, event.writer())
            .of(event.role())
            .filter(own -> before.rotation().position() > own.active().position())
            .isPresent();
    if (asked && cause.actor().kind() == Actor.Kind.SYSTEM) {
      details.put("rotation_asked_by", before.rotation().by());
    }
    before
        .key(event.kid())
        .map(k -> k.knownFrom(publishLead))
        .filter(known -> event.at().isBefore(known))
        .map(Instant::toString)
        .ifPresent(known -> details.put("known_from", known));
    return details;
  }

  private static Map<String, String> canary(Canary canary) {
    return Map.of(
        "alg", canary.algorithm().joseName(),
        "percent", Integer.toString(canary.percent()),
        "audiences", String.join(" ", canary.audiences().stream().sorted().toList()),
        "principals", String.join(" ", canary.principals().stream().sorted().toList()));
  }
}
