package io.gat.issue.ruling;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.log.Appended;
import io.gat.log.Patience;
import io.gat.policy.Evidence;
import io.gat.policy.IssuanceRequest;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.IssuanceTrial;
import io.gat.policy.IssuanceVerdict;
import io.gat.policy.IssuanceVerdict.Refusal;
import io.gat.policy.evaluate.IssuanceRules;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Rules by the {@code issuance:} documents as they are now.
 *
 * <p>An ask is judged without anybody's yes first. Only where nothing but a yes is missing it is
 * judged again, with each yes that this principal has; and only where none of them does, a second
 * person is asked.
 */
public final class PolicyIssuance implements Issuance {
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** More than can wait at one time. */
  private static final int MOST_AUDITED = 4_000;

  private final Supplier<IssuanceRules> rules;
  private final Throttle throttle;
  private final Attestations attestations;
  private final Optional<Approving> approving;
  private final IssuanceShadow shadow;

  // Guarded by itself; the ids of what certainly is in the audit log.
  private final Map<String, Boolean> audited =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MOST_AUDITED;
        }
      };

  /** Where second persons are asked, and where that is written down. */
  public record Approving(Approvals approvals, AuditTrail audit) {
    public Approving {
      Objects.requireNonNull(approvals);
      Objects.requireNonNull(audit);
    }
  }

  /**
   * The rules may be replaced at any time; each ask is judged by one set of them. Nobody attests or
   * approves anything, and everybody may ask as often as they like.
   */
  public PolicyIssuance(Supplier<IssuanceRules> rules) {
    this(rules, Throttle.none(), Attestations.none(), Optional.empty(), new IssuanceShadow());
  }

  /**
   * The rules may be replaced at any time; each ask is judged by one set of them.
   *
   * @param approving empty where nobody can be asked: what takes a yes is refused
   */
  public PolicyIssuance(
      Supplier<IssuanceRules> rules,
      Throttle throttle,
      Attestations attestations,
      Optional<Approving> approving,
      IssuanceShadow shadow) {
    this.rules = Objects.requireNonNull(rules);
    this.throttle = Objects.requireNonNull(throttle);
    this.attestations = Objects.requireNonNull(attestations);
    this.approving = Objects.requireNonNull(approving);
    this.shadow = Objects.requireNonNull(shadow);
  }

  @Override
  public Ruling rule(Ask ask, Instant now) {
    return switch (throttle.admit(ask.caller().principal())) {
      case Throttle.Admission.Later later -> new Ruling.Throttled(later.pause());
      case Throttle.Admission.Now admitted -> judge(ask, now);
    };
  }

  @Override
  public Throttle.Admission admit(String principal) {
    return throttle.admit(principal);
  }

  private Ruling judge(Ask ask, Instant now) {
    IssuanceRules current = rules.get();
    Attestations.Checked attested = attestations.check(ask.attestations(), Facts.about(ask), now);
    IssuanceTrial trial = current.observe(request(ask, attested, Set.of()));
    shadow.observe(ask.caller().principal(), ask.audience(), trial, now);
    return switch (trial.enforced()) {
      case IssuanceVerdict.Granted granted -> granted(ask, granted, "", granted.ttl());
      case IssuanceVerdict.Refused refused when refused.ifApproved().isPresent() ->
          byApproval(current, ask, attested, refused.ifApproved().get(), now);
      case IssuanceVerdict.Refused refused -> refused(refused.why(), attested);
    };
  }

  private static IssuanceRequest request(
      Ask ask, Attestations.Checked attested, Set<Evidence.Approved> approved) {
    return new IssuanceRequest(
        ask.caller().principal(),
        ask.audience(),
        new LinkedHashSet<>(ask.scopes()),
        ask.ttl().orElse(null),
        Facts.subject(ask),
        ask.tags(),
        new Evidence(
            ask.certificate().isPresent()
                ? Evidence.Connection.CERTIFICATE
                : Evidence.Connection.PLAIN,
            attested.good(),
            approved));
  }

  private static Ruling granted(
      Ask ask, IssuanceVerdict.Granted granted, String approval, Duration ttl) {
    IssuanceTerms terms = granted.rule().terms();
    Optional<Map<String, Object>> claims = Facts.claims(ask, terms.claims());
    if (claims.isEmpty()) {
      return new Ruling.Refused(
          Ruling.OauthError.INVALID_REQUEST,
          "claim_unusable",
          "a claim of the proof that the issuance rule takes over is too long, or no plain value");
    }
    return new Ruling.Granted(
        granted.rule().path(),
        List.copyOf(granted.scopes()),
        ttl,
        granted.narrowed(),
        terms.binding() == IssuanceTerms.Binding.CERTIFICATE ? ask.certificate() : Optional.empty(),
        granted.tags(),
        claims.get(),
        approval);
  }

  private Ruling byApproval(
      IssuanceRules current,
      Ask ask,
      Attestations.Checked attested,
      IssuanceVerdict.Granted wanted,
      Instant now) {
    if (approving.isEmpty()) {
      return refused(Refusal.APPROVAL_NEEDED, attested);
    }
    Approving second = approving.get();
    for (Approval yes : second.approvals().granted(ask.caller().principal(), now)) {
      if (ask.approval().isEmpty() || ask.approval().equals(yes.id())) {
        Optional<Ruling> ruling = by(yes, current, ask, attested, now);
        if (ruling.isPresent()) {
          return ruling.get();
        }
      }
    }
    return asked(second, ask, Facts.wish(ask, wanted), now);
  }

  /** What a yes gives: just what was asked for, while it lasts, by the rules as they are now. */
  private static Optional<Ruling> by(
      Approval yes, IssuanceRules current, Ask ask, Attestations.Checked attested, Instant now) {
    Approval.State.Granted said = yes.granted().orElseThrow();
    Evidence.Approved approved = new Evidence.Approved(yes.wish().rule(), said.by());
    if (!(current.judge(request(ask, attested, Set.of(approved)))
            instanceof IssuanceVerdict.Granted granted)
        || granted.rule().terms().approval().isEmpty()
        || !yes.wish().covers(Facts.wish(ask, granted))) {
      return Optional.empty();
    }
    // A rule that was made stricter since counts for what was said before.
    Instant byRule = said.at().plus(granted.rule().terms().approval().get().longest());
    Instant until = byRule.isBefore(said.until()) ? byRule : said.until();
    Duration left = Duration.between(now, until);
    if (left.compareTo(SHORTEST) < 0) {
      return Optional.empty();
    }
    Duration ttl = granted.ttl().compareTo(left) < 0 ? granted.ttl() : left;
    return Optional.of(granted(ask, granted, yes.id(), ttl));
  }

  private Ruling asked(Approving second, Ask ask, ApprovalWish wish, Instant now) {
    return switch (second.approvals().ask(wish, now)) {
      case Approvals.Asked.Waits waits -> {
        if (!isAudited(second, ask, waits.approval())) {
          yield new Ruling.Unavailable("the audit log does not take that a yes was asked for");
        }
        yield new Ruling.Refused(
            Ruling.OauthError.ACCESS_DENIED,
            Refusal.APPROVAL_NEEDED.code(),
            "a second person has to approve it: gat approve "
                + waits.approval().id()
                + "; then ask again");
      }
      case Approvals.Asked.Refused no ->
          new Ruling.Refused(
              Ruling.OauthError.ACCESS_DENIED,
              "approval_refused",
              "a second person has refused it; ask them why: " + no.approval().id());
      case Approvals.Asked.TooMany full ->
          new Ruling.Refused(
              Ruling.OauthError.ACCESS_DENIED,
              "approvals_waiting",
              "too much waits for approval already; have it decided first");
      case Approvals.Asked.Unknown unknown -> new Ruling.Unavailable(unknown.why());
    };
  }

  /**
   * Whether the audit log has that it was asked for. Where nobody knows, such as after a failure or
   * in a process that has just begun, it is written again: it may be there twice, and is never
   * missing.
   */
  private boolean isAudited(Approving second, Ask ask, Approval asked) {
    synchronized (audited) {
      if (audited.containsKey(asked.id())) {
        return true;
      }
    }
    boolean written = audit(second, ask, asked);
    if (written) {
      synchronized (audited) {
        audited.put(asked.id(), true);
      }
    }
    return written;
  }

  private static boolean audit(Approving second, Ask ask, Approval asked) {
    ApprovalWish wish = asked.wish();
    AuditEvent event =
        AuditEvent.about(
                AuditEvent.Action.APPROVAL_REQUESTED,
                AuditEvent.Outcome.DONE,
                new AuditEvent.Actor(AuditEvent.Actor.Kind.CALLER, wish.principal(), ""))
            .withSubject(wish.subject())
            .withClient(ask.caller().client())
            .withAudiences(List.of(wish.audience()))
            .withScopes(wish.scopes())
            .withRule(wish.rule())
            .withDetail("approval", asked.id())
            .event();
    return Patience.await(second.audit().record(event))
        .filter(Appended.At.class::isInstance)
        .isPresent();
  }

  private static Ruling refused(Refusal why, Attestations.Checked attested) {
    if (why == Refusal.ATTESTATION_NEEDED && attested.keys() == Attestations.Keys.UNAVAILABLE) {
      return new Ruling.Unavailable("a verifier's keys cannot be had now");
    }
    String description = Refusals.description(why);
    return new Ruling.Refused(
        Refusals.error(why),
        why.code(),
        why == Refusal.ATTESTATION_NEEDED && !attested.problem().isEmpty()
            ? description + "; what was sent is " + attested.problem()
            : description);
  }
}
