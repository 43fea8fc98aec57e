package io.gat.admin;

import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditTrail;
import io.gat.decide.Decision;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.Patience;
import io.gat.token.SignedToken;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes into the audit log who was let in to do what with the admin API, and who was not. What an
 * operation does it audits itself, with the operator's subject.
 */
public final class OperatorAudit {
  /** A token in a place where none belongs. */
  private static final Pattern TOKEN =
      Pattern.compile("[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*");

  private final AuditTrail admissions;
  private final AuditTrail refusals;

  /**
   * An audit.
   *
   * @param admissions takes {@link Action#OPERATOR_ADMITTED}
   * @param refusals takes {@link Action#OPERATOR_REFUSED}, of which strangers can make any number
   */
  public OperatorAudit(AuditTrail admissions, AuditTrail refusals) {
    this.admissions = Objects.requireNonNull(admissions);
    this.refusals = Objects.requireNonNull(refusals);
  }

  /**
   * Writes that an operator is let in. Of a gat that was {@linkplain Operator#isBorrowed borrowed}
   * it writes before that who has issued it, since nobody else has.
   *
   * @return true where that is durable; nothing may be done otherwise
   */
  public boolean admitted(AdminOperation operation, Operator operator, Call call) {
    AuditEvent admission =
        AuditEvent.about(Action.OPERATOR_ADMITTED, Outcome.DONE, operator.actor())
            .withClient(operator.client())
            .withCall(call.requestId(), call.traceId())
            .withDetails(details(operation, call))
            .event();
    return (!operator.isBorrowed()
            || isDurable(admissions, borrowed(operator.token(), call), operation.effect()))
        && isDurable(admissions, admission, operation.effect());
  }

  private static AuditEvent borrowed(SignedToken token, Call call) {
    return AuditEvent.about(
            Action.TOKEN_ISSUED,
            Outcome.DONE,
            new Actor(Actor.Kind.LOCAL, token.subject(), token.tokenId()))
        .withSubject(token.subject())
        .withClient(token.client())
        .withTokenId(token.tokenId())
        .withAudiences(token.audiences())
        .withScopes(List.copyOf(token.scopes()))
        .withKid(token.key().kid())
        .withCall(call.requestId(), call.traceId())
        .withDetail("borrowed", "true")
        .withDetail("expires_at", token.expiresAt().toString())
        .event();
  }

  /** Writes that a caller was not let in; nobody waits for it. */
  public void refused(AdminOperation operation, Decision decision, String traceId) {
    Actor actor =
        decision
            .facts()
            .token()
            .map(token -> new Actor(Actor.Kind.CALLER, token.subject(), token.tokenId()))
            .orElse(new Actor(Actor.Kind.ANONYMOUS, "", ""));
    var _ =
        refusals.record(
            AuditEvent.about(Action.OPERATOR_REFUSED, Outcome.REFUSED, actor)
                .withReason(decision.reason().code())
                .withClient(decision.facts().token().map(SignedToken::client).orElse(""))
                .withCall(decision.facts().request().requestId(), traceId)
                .withDetail("operation", operation.name())
                .event());
  }

  /**
   * Records an event and waits until it is durable.
   *
   * @return false where it is not, or nobody knows
   */
  static boolean isDurable(AuditTrail trail, AuditEvent event) {
    return isDurable(trail, event, event.effect());
  }

  private static boolean isDurable(AuditTrail trail, AuditEvent event, Effect effect) {
    return Patience.await(trail.record(event, effect))
        .filter(Appended.At.class::isInstance)
        .isPresent();
  }

  private static Map<String, String> details(AdminOperation operation, Call call) {
    Map<String, String> details = new TreeMap<>();
    details.put("operation", operation.name());
    call.path().forEach((name, value) -> details.put("path." + name, redacted(value)));
    if (!call.query().isEmpty()) {
      details.put(
          "query",
          new TreeMap<>(call.query())
              .entrySet().stream()
                  .map(e -> e.getKey() + "=" + redacted(e.getValue()))
                  .collect(Collectors.joining("&")));
    }
    return details;
  }

  private static String redacted(String text) {
    return TOKEN.matcher(text).replaceAll("(a token)");
  }
}
