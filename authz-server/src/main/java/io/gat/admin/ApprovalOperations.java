package io.gat.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.admin.OperatorGate.Operator;
import io.gat.audit.AuditDraft;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.issue.ruling.Approval;
import io.gat.issue.ruling.ApprovalWish;
import io.gat.issue.ruling.Approvals;
import io.gat.policy.parse.TimeSpan;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What second persons do: {@code GET /v1/approvals} tells what waits and what is good, {@code POST
 * /v1/approvals/{id}} says yes for a time, or no. Whoever asks for something never says yes to it,
 * whatever scope they have.
 */
public final class ApprovalOperations {
  private static final Set<String> MEMBERS = Set.of("decision", "for", "reason");
  private static final int MAX_REASON = 256;

  private final Approvals approvals;
  private final AuditTrail audit;
  private final InstantSource clock;

  /** The operations on these approvals. */
  public ApprovalOperations(Approvals approvals, AuditTrail audit, InstantSource clock) {
    this.approvals = Objects.requireNonNull(approvals);
    this.audit = Objects.requireNonNull(audit);
    this.clock = Objects.requireNonNull(clock);
  }

  /** All of them. */
  public List<AdminOperation> all() {
    return List.of(
        new AdminOperation("GET", "/v1/approvals", (operator, call) -> list()),
        new AdminOperation("POST", "/v1/approvals/{id}", this::answer));
  }

  private Answer list() {
    List<Approval> all = approvals.all(clock.instant());
    return Answer.ok(
        JsonObjects.write(
            json -> {
              json.writeArrayFieldStart("approvals");
              for (Approval one : all) {
                json.writeStartObject();
                members(json, one);
                json.writeEndObject();
              }
              json.writeEndArray();
            }));
  }

  /** What an operator says. */
  private record Wish(boolean yes, Duration span, String reason) {}

  private Answer answer(Operator operator, Call call) {
    Wish wish;
    try {
      wish = wish(call);
    } catch (IllegalArgumentException e) {
      return JsonObjects.refused(e);
    }
    Instant now = clock.instant();
    Optional<Approval> asked = approvals.find(call.path().getOrDefault("id", ""), now);
    if (asked.isEmpty()) {
      return noSuch();
    }
    if (!(asked.get().state() instanceof Approval.State.Pending)) {
      return decided(asked.get());
    }
    return wish.yes()
        ? grant(operator, call, asked.get(), wish, now)
        : refuse(operator, call, asked.get(), wish, now);
  }

  private static Wish wish(Call call) {
    Map<String, Object> members = JsonObjects.read(call.body(), MEMBERS);
    String decision = JsonObjects.text(members, "decision", "");
    if (!decision.equals("approve") && !decision.equals("refuse")) {
      throw new IllegalArgumentException("decision: write approve or refuse");
    }
    String reason = JsonObjects.text(members, "reason", "");
    if (reason.isBlank()
        || reason.length() > MAX_REASON
        || reason.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "reason: say why, in 1 to " + MAX_REASON + " characters on one line");
    }
    boolean yes = decision.equals("approve");
    String span = JsonObjects.text(members, "for", "");
    if (!yes && !span.isEmpty()) {
      throw new IllegalArgumentException("for: only a yes has an end");
    }
    Duration time =
        span.isEmpty()
            ? Duration.ofDays(1)
            : TimeSpan.of(span)
                .filter(Duration::isPositive)
                .orElseThrow(() -> new IllegalArgumentException("for: write a span such as 30m"));
    return new Wish(yes, time, reason);
  }

  private Answer grant(Operator operator, Call call, Approval asked, Wish wish, Instant now) {
    Optional<String> objection = Approvals.objection(asked, operator.subject());
    if (objection.isPresent()) {
      String why = objection.get();
      var _ =
          OperatorAudit.isDurable(
              audit,
              event(
                      AuditEvent.Action.APPROVAL_REFUSED,
                      AuditEvent.Outcome.REFUSED,
                      operator,
                      call,
                      asked)
                  .withReason(why)
                  .event());
      return Answer.error(
          409,
          "access_denied",
          why,
          why.equals("own_request")
              ? "nobody approves what they ask for themselves; let somebody else look at it"
              : "the issuance rule wants another operator's yes");
    }
    Duration longest = asked.wish().longest();
    Instant until = now.plus(wish.span().compareTo(longest) < 0 ? wish.span() : longest);
    // It gives something, so the audit log has it first.
    if (!OperatorAudit.isDurable(
        audit,
        event(AuditEvent.Action.APPROVAL_GRANTED, AuditEvent.Outcome.DONE, operator, call, asked)
            .withReason(wish.reason())
            .withDetail("until", until.toString())
            .event())) {
      return JsonObjects.unknown("the audit log does not take it");
    }
    Approvals.Answered answered =
        approvals.grant(asked.id(), operator.subject(), wish.span(), wish.reason(), now);
    if (!(answered instanceof Approvals.Answered.Done done && isBy(done, operator, "granted"))) {
      var _ =
          OperatorAudit.isDurable(
              audit,
              event(
                      AuditEvent.Action.APPROVAL_GRANTED,
                      AuditEvent.Outcome.REFUSED,
                      operator,
                      call,
                      asked)
                  .withReason("somebody was faster, or nobody knows")
                  .event());
    }
    return told(answered, operator, "granted");
  }

  private Answer refuse(Operator operator, Call call, Approval asked, Wish wish, Instant now) {
    Approvals.Answered answered =
        approvals.refuse(asked.id(), operator.subject(), wish.reason(), now);
    if (answered instanceof Approvals.Answered.Done done
        && isBy(done, operator, "refused")
        && !OperatorAudit.isDurable(
            audit,
            event(
                    AuditEvent.Action.APPROVAL_REFUSED,
                    AuditEvent.Outcome.DONE,
                    operator,
                    call,
                    asked)
                .withReason(wish.reason())
                .event())) {
      return JsonObjects.unknown("it is refused, but the audit log does not take it");
    }
    return told(answered, operator, "refused");
  }

  private static boolean isBy(Approvals.Answered.Done done, Operator operator, String word) {
    return done.approval().word().equals(word)
        && switch (done.approval().state()) {
          case Approval.State.Pending pending -> false;
          case Approval.State.Granted granted -> granted.by().equals(operator.subject());
          case Approval.State.Refused refused -> refused.by().equals(operator.subject());
        };
  }

  private static Answer told(Approvals.Answered answered, Operator operator, String word) {
    return switch (answered) {
      case Approvals.Answered.Done done when isBy(done, operator, word) ->
          Answer.ok(JsonObjects.write(json -> members(json, done.approval())));
      case Approvals.Answered.Done done -> decided(done.approval());
      case Approvals.Answered.NoSuch none -> noSuch();
      case Approvals.Answered.Unknown unknown -> JsonObjects.unknown(unknown.why());
    };
  }

  private static Answer noSuch() {
    return Answer.error(404, "not_found", "no_approval", "nothing waits under this id");
  }

  private static Answer decided(Approval known) {
    return Answer.error(
        409, "conflict", "decided", "it was " + known.word() + " already; it can be asked again");
  }

  static void members(JsonGenerator json, Approval approval) throws IOException {
    ApprovalWish wish = approval.wish();
    json.writeStringField("id", approval.id());
    json.writeStringField("state", approval.word());
    json.writeStringField("principal", wish.principal());
    json.writeStringField("client", wish.client());
    json.writeStringField("subject", wish.subject());
    json.writeStringField("audience", wish.audience());
    texts(json, "scopes", wish.scopes());
    json.writeNumberField("ttl_seconds", wish.ttl().toSeconds());
    json.writeStringField(
        "binding",
        switch (wish.binding()) {
          case BEARER -> "none";
          case CERTIFICATE -> "certificate";
        });
    json.writeObjectFieldStart("tags");
    for (Map.Entry<String, String> tag : new TreeMap<>(wish.tags()).entrySet()) {
      json.writeStringField(tag.getKey(), tag.getValue());
    }
    json.writeEndObject();
    json.writeStringField("rule", wish.rule());
    texts(json, "by", wish.by().stream().sorted().toList());
    json.writeNumberField("longest_seconds", wish.longest().toSeconds());
    json.writeStringField("asked_at", approval.askedAt().toString());
    json.writeStringField("ends", approval.ends().toString());
    switch (approval.state()) {
      case Approval.State.Pending pending -> {}
      case Approval.State.Granted granted -> said(json, granted.by(), granted.reason());
      case Approval.State.Refused refused -> said(json, refused.by(), refused.reason());
    }
  }

  private static void said(JsonGenerator json, String by, String reason) throws IOException {
    json.writeStringField("decided_by", by);
    json.writeStringField("reason", reason);
  }

  private static void texts(JsonGenerator json, String name, Collection<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static AuditDraft event(
      AuditEvent.Action action,
      AuditEvent.Outcome outcome,
      Operator operator,
      Call call,
      Approval asked) {
    ApprovalWish wish = asked.wish();
    return AuditEvent.about(action, outcome, operator.actor())
        .withSubject(wish.subject())
        .withClient(wish.client())
        .withAudiences(List.of(wish.audience()))
        .withScopes(wish.scopes())
        .withRule(wish.rule())
        .withCall(call.requestId(), call.traceId())
        .withDetail("approval", asked.id())
        .withDetail("principal", wish.principal());
  }
}
