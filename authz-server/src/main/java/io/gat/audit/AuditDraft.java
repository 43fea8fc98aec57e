package io.gat.audit;

import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event while it is put together: what is not said stays empty. The event's own rules, redaction
 * among them, are applied once, by {@link #event}. For one thread.
 */
public final class AuditDraft {
  private final Action action;
  private final Outcome outcome;
  private final Actor actor;
  private String reason = "";
  private String subject = "";
  private String client = "";
  private String tokenId = "";
  private List<String> audiences = List.of();
  private List<String> scopes = List.of();
  private String binding = "";
  private String kid = "";
  private String rule = "";
  private String requestId = "";
  private String traceId = "";
  private Map<String, String> details = new TreeMap<>();

  AuditDraft(Action action, Outcome outcome, Actor actor) {
    this.action = action;
    this.outcome = outcome;
    this.actor = actor;
  }

  /** The event. */
  public AuditEvent event() {
    return new AuditEvent(
        action, outcome, reason, actor, subject, client, tokenId, audiences, scopes, binding, kid,
        rule, requestId, traceId, details);
  }

  /** Why. */
  public AuditDraft withReason(String text) {
    reason = text;
    return this;
  }

  /** Whom it is about. */
  public AuditDraft withSubject(String text) {
    subject = text;
    return this;
  }

  /** The token's client. */
  public AuditDraft withClient(String text) {
    client = text;
    return this;
  }

  /** The token. */
  public AuditDraft withTokenId(String text) {
    tokenId = text;
    return this;
  }

  /** The token's audiences. */
  public AuditDraft withAudiences(List<String> texts) {
    audiences = texts;
    return this;
  }

  /** What was granted or asked for. */
  public AuditDraft withScopes(List<String> texts) {
    scopes = texts;
    return this;
  }

  /** The token's confirmation. */
  public AuditDraft withBinding(String text) {
    binding = text;
    return this;
  }

  /** A key. */
  public AuditDraft withKid(String text) {
    kid = text;
    return this;
  }

  /** The issuance rule that decided. */
  public AuditDraft withRule(String text) {
    rule = text;
    return this;
  }

  /**
   * The call that caused it.
   *
   * @param request the caller's id or our own
   * @param trace 32 hexadecimal digits, empty for none
   */
  public AuditDraft withCall(String request, String trace) {
    requestId = request;
    traceId = trace;
    return this;
  }

  /** These facts, and no others. */
  public AuditDraft withDetails(Map<String, String> facts) {
    details = new TreeMap<>(facts);
    return this;
  }

  /** One more fact. */
  public AuditDraft withDetail(String name, String value) {
    details.put(name, value);
    return this;
  }
}
