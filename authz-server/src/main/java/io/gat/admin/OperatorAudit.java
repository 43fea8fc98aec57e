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
import io.gat.token.SignedToken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes into the audit log who was let in to do what with the admin API, and who was not. What an
 * operation does it audits itself, with the operator's subject.
 */
public final class OperatorAudit {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

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
   * Writes that an operator is let in.
   *
   * @return true where that is durable; nothing may be done otherwise
   */
  public boolean admitted(AdminOperation operation, Operator operator, Call call) {
    return isDurable(
        admissions,
        event(
            Action.OPERATOR_ADMITTED,
            Outcome.DONE,
            "",
            new Actor(Actor.Kind.OPERATOR, operator.subject(), operator.tokenId()),
            operator.client(),
            details(operation, call),
            call.requestId(),
            call.traceId()));
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
            event(
                Action.OPERATOR_REFUSED,
                Outcome.REFUSED,
                decision.reason().code(),
                actor,
                decision.facts().token().map(SignedToken::client).orElse(""),
                Map.of("operation", operation.name()),
                decision.facts().request().requestId(),
                traceId));
  }

  /**
   * Records an event and waits until it is durable.
   *
   * @return false where it is not, or nobody knows
   */
  static boolean isDurable(AuditTrail trail, AuditEvent event) {
    try {
      return switch (trail.record(event).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        case Appended.At at -> true;
        case Appended.Conflict conflict -> false;
        case Appended.Full full -> false;
        case Appended.Unknown unknown -> false;
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
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

  private static AuditEvent event(
      Action action,
      Outcome outcome,
      String reason,
      Actor actor,
      String client,
      Map<String, String> details,
      String requestId,
      String traceId) {
    return new AuditEvent(
        action, outcome, reason, actor, "", client, "", List.of(), List.of(), "", "", "", requestId,
        traceId, details);
  }
}
