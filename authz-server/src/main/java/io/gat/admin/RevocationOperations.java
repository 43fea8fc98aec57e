package io.gat.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.audit.AuditDraft;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.issue.RevocationChange;
import io.gat.issue.Revocations;
import io.gat.issue.Selectors;
import io.gat.log.Appended;
import io.gat.log.Patience;
import io.gat.revocation.Revocation;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/**
 * Revokes, lifts and lists: {@code POST /v1/revocations}, {@code DELETE /v1/revocations/{id}},
 * {@code GET /v1/revocations}. Answered with 200 only when the log has it, it is in force in this
 * process, and the audit log has it too.
 */
public final class RevocationOperations {
  private static final int MAX_LISTED = 1_000;

  private final Revocations revocations;
  private final AuditTrail audit;
  private final InstantSource clock;

  /** The operations. */
  public RevocationOperations(Revocations revocations, AuditTrail audit, InstantSource clock) {
    this.revocations = Objects.requireNonNull(revocations);
    this.audit = Objects.requireNonNull(audit);
    this.clock = Objects.requireNonNull(clock);
  }

  /** All of them. */
  public List<AdminOperation> all() {
    return List.of(
        AdminOperation.takingAway("POST", "/v1/revocations", this::revoke),
        new AdminOperation("GET", "/v1/revocations", this::list),
        new AdminOperation("DELETE", "/v1/revocations/{id}", this::lift));
  }

  private Answer revoke(Operator operator, Call call) {
    RevocationChange.Added change;
    try {
      change = change(operator, call);
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
    Revocations.Outcome outcome =
        Patience.await(revocations.revoke(change))
            .orElseGet(() -> new Revocations.Outcome.Unknown("the log does not answer"));
    return switch (outcome) {
      case Revocations.Outcome.Done done -> revoked(operator, call, change, done.epoch());
      // Said again after an answer that was lost: the audit log may not have it yet.
      case Revocations.Outcome.Covered covered ->
          revocations
              .find(covered.id())
              .map(inForce -> revoked(operator, call, inForce, covered.epoch()))
              .orElseGet(() -> JsonObjects.unknown("it was lifted in the same moment"));
      case Revocations.Outcome.Unknown unknown -> JsonObjects.unknown(unknown.why());
      case Revocations.Outcome.NoSuch none ->
          throw new IllegalStateException("a revocation needs none before it: " + none);
    };
  }

  private Answer revoked(Operator operator, Call call, RevocationChange.Added inForce, long epoch) {
    if (!audited(revocation(operator, call, inForce))) {
      return JsonObjects.unknown("it is revoked, but the audit log does not take it");
    }
    return Answer.ok(
        JsonObjects.write(
            json -> {
              json.writeNumberField("epoch", epoch);
              members(json, inForce);
            }));
  }

  private boolean audited(AuditEvent event) {
    return Patience.await(audit.record(event)).filter(Appended.At.class::isInstance).isPresent();
  }

  private RevocationChange.Added change(Operator operator, Call call) {
    RevocationRequest request =
        RevocationRequest.read(
            call.body(),
            revocations.untilNow(clock.instant()),
            RevocationRequest.Explanation.REQUIRED);
    return new RevocationChange.Added(
        revocations.newId(), request.revocation(), request.reason(), operator.subject());
  }

  private Answer lift(Operator operator, Call call) {
    String id = call.path().getOrDefault("id", "");
    String reason;
    try {
      reason = RevocationRequest.explained(call.query().getOrDefault("reason", ""));
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
    if (revocations.find(id).isEmpty()) {
      return noSuch();
    }
    // It gives something back, so the audit log has it first.
    if (!audited(lifting(AuditEvent.Outcome.DONE, operator, call, id, reason))) {
      return JsonObjects.unknown("the audit log does not take it");
    }
    Revocations.Outcome outcome =
        Patience.await(revocations.lift(id, reason, operator.subject()))
            .orElseGet(() -> new Revocations.Outcome.Unknown("the log does not answer"));
    return switch (outcome) {
      case Revocations.Outcome.Done done ->
          Answer.ok(
              JsonObjects.write(
                  json -> {
                    json.writeNumberField("epoch", done.epoch());
                    json.writeStringField("id", id);
                  }));
      case Revocations.Outcome.NoSuch none -> {
        var _ =
            audited(
                lifting(
                    AuditEvent.Outcome.REFUSED, operator, call, id, "another operator was faster"));
        yield noSuch();
      }
      case Revocations.Outcome.Unknown unknown -> {
        var _ =
            audited(
                lifting(
                    AuditEvent.Outcome.REFUSED,
                    operator,
                    call,
                    id,
                    "nobody knows whether it is lifted"));
        yield JsonObjects.unknown(unknown.why());
      }
      case Revocations.Outcome.Covered covered ->
          throw new IllegalStateException("lifting covers nothing: " + covered);
    };
  }

  private static Answer noSuch() {
    return Answer.error(404, "not_found", "no_revocation", "no revocation in force has this id");
  }

  private Answer list(Operator operator, Call call) {
    List<RevocationChange.Added> all = revocations.inForce();
    List<RevocationChange.Added> last =
        all.subList(Math.max(0, all.size() - MAX_LISTED), all.size());
    return Answer.ok(
        JsonObjects.write(
            json -> {
              json.writeNumberField("in_force", all.size());
              json.writeArrayFieldStart("revocations");
              for (RevocationChange.Added one : last) {
                json.writeStartObject();
                members(json, one);
                json.writeEndObject();
              }
              json.writeEndArray();
            }));
  }

  private static void members(JsonGenerator json, RevocationChange.Added added) throws IOException {
    Revocation revocation = added.revocation();
    json.writeStringField("id", added.id());
    json.writeStringField("selector", Selectors.kind(revocation.selector()));
    json.writeStringField("value", Selectors.value(revocation.selector()));
    String issuer = revocation.issuer();
    if (issuer != null) {
      json.writeStringField("issuer", issuer);
    }
    json.writeStringField("revoked_at", revocation.revokedAt().toString());
    json.writeBooleanField("block", revocation.reach() == Revocation.Reach.ALL);
    json.writeStringField("reason", added.reason());
    json.writeStringField("by", added.by());
  }

  private static AuditEvent revocation(
      Operator operator, Call call, RevocationChange.Added change) {
    Revocation.Selector selector = change.revocation().selector();
    String value = Selectors.value(selector);
    return event(AuditEvent.Action.REVOKED, AuditEvent.Outcome.DONE, operator, call)
        .withReason(change.reason())
        .withSubject(selector instanceof Revocation.Selector.BySubject ? value : "")
        .withTokenId(selector instanceof Revocation.Selector.ByTokenId ? value : "")
        .withDetail("revocation", change.id())
        .withDetail("selector", Selectors.kind(selector))
        .withDetail("value", value)
        .withDetail("block", String.valueOf(change.revocation().reach() == Revocation.Reach.ALL))
        .event();
  }

  private static AuditEvent lifting(
      AuditEvent.Outcome outcome, Operator operator, Call call, String id, String why) {
    return event(AuditEvent.Action.REVOCATION_LIFTED, outcome, operator, call)
        .withReason(why)
        .withDetail("revocation", id)
        .event();
  }

  private static AuditDraft event(
      AuditEvent.Action action, AuditEvent.Outcome outcome, Operator operator, Call call) {
    return AuditEvent.about(action, outcome, operator.actor())
        .withCall(call.requestId(), call.traceId());
  }
}
