package io.gat.decide.explain;

import io.gat.decide.Decision;
import io.gat.decide.Facts;
import io.gat.decide.Inquiry;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.decide.Trial;
import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.Finding;
import io.gat.decide.explain.Explanation.Outcome;
import io.gat.decide.explain.Explanation.State;
import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Explains a decision that an {@link io.gat.decide.Inquirer} has brought about. */
public final class Explainer {
  private final Terms terms;
  private final Conditions conditions = new Conditions();

  public Explainer(Terms terms) {
    this.terms = Objects.requireNonNull(terms);
  }

  /** Tells why the decision is what it is. */
  public Explanation explain(Inquiry inquiry) {
    return new One(inquiry).explain();
  }

  /** The explanation of one decision. */
  private final class One {
    private final Inquiry inquiry;
    private final Decision decision;
    private final AccessRequest request;
    private final Instant now;
    private final @Nullable Service service;
    private final @Nullable Rule rule;
    private final Verdict verdict;
    private final PolicySteps policy;
    private final @Nullable TokenSteps token;
    private final @Nullable Step failed;
    private final List<Asked> asked;

    One(Inquiry inquiry) {
      this.inquiry = inquiry;
      this.decision = inquiry.decision();
      Facts facts = decision.facts();
      this.request = facts.request();
      this.now = inquiry.at().wall();
      this.service = facts.service().orElse(null);
      this.rule = facts.rule().orElse(null);
      this.verdict = inquiry.verdict();
      this.failed = Step.of(decision.reason()).orElse(null);
      Selection selection = inquiry.snapshot().policy().select(request, inquiry.pin(), now);
      Circumstances circumstances = new Circumstances(request, now);
      this.policy =
          new PolicySteps(
              request,
              selection,
              service,
              rule,
              circumstances,
              inquiry.snapshot().policy().places());
      this.token =
          service != null && rule != null && verdict instanceof Verdict.Guarded guarded
              ? new TokenSteps(inquiry, terms, service, guarded.guard())
              : null;
      this.asked = rule == null ? List.of() : asked(rule, circumstances);
    }

    private List<Asked> asked(Rule of, Circumstances circumstances) {
      List<Asked> all = new ArrayList<>(circumstances.of(of));
      if (of.effect() instanceof Rule.Effect.Guarded guard && guard.when().isPresent()) {
        Condition when = guard.when().get();
        all.add(
            inquiry
                .conditionInput()
                .map(input -> conditions.of(when, input))
                .orElseGet(() -> Conditions.unread(when)));
      }
      return all;
    }

    Explanation explain() {
      boolean undecided = isUndecided();
      List<Finding> steps = new ArrayList<>();
      for (Step step : Step.values()) {
        steps.add(finding(step, state(step)));
      }
      return new Explanation(
          undecided ? Outcome.UNDECIDED : outcome(),
          undecided ? null : decision.reason(),
          now,
          decision.facts().policyHash(),
          request.method(),
          request.host(),
          request.rawPath(),
          service == null ? "" : service.name(),
          policy.servicePlace(),
          rule == null ? "" : rule.name(),
          steps,
          failed == Step.AMBIGUOUS ? List.of() : policy.candidates(),
          asked,
          undecided ? List.of() : missing(),
          needed(),
          notes(undecided),
          shadow());
    }

    /** Null also where the candidate's answer would be about a token that nobody judged. */
    private @Nullable ShadowAnswer shadow() {
      return inquiry.trial() instanceof Trial.Answered answered
              && !answered.live().equals(answered.candidate())
              && !isUnjudged(answered.candidate())
          ? answered.candidate()
          : null;
    }

    private boolean isUnjudged(ShadowAnswer answer) {
      return terms.signature() == Terms.Signature.UNVERIFIABLE
          && answer.reason() == Reason.UNKNOWN_ISSUER;
    }

    private Outcome outcome() {
      return switch (decision) {
        case Decision.Allow allow -> Outcome.ALLOW;
        case Decision.Deny deny -> Outcome.DENY;
        case Decision.Failed error -> Outcome.ERROR;
      };
    }

    /** No issuer can be unknown where nobody said who is known. */
    private boolean isUndecided() {
      return terms.signature() == Terms.Signature.UNVERIFIABLE
          && decision.reason() == Reason.UNKNOWN_ISSUER;
    }

    private State state(Step step) {
      boolean isPublic = rule != null && verdict instanceof Verdict.Open;
      if (isPublic && step.readsToken()) {
        return State.NOT_REACHED;
      }
      if (failed != null && step.compareTo(failed) > 0) {
        return isUndecided() ? State.UNKNOWN : State.NOT_REACHED;
      }
      if (step == failed) {
        return isUndecided() ? State.UNKNOWN : State.FAILED;
      }
      if (isAssumed(step)) {
        return State.UNKNOWN;
      }
      boolean untold =
          (step == Step.REVOKED || step == Step.FRESHNESS)
              && (token == null || token.isRevocationUnknown());
      return untold ? State.UNKNOWN : State.PASSED;
    }

    private boolean isAssumed(Step step) {
      return terms.signature() == Terms.Signature.ASSUMED
          && (Set.of(Step.ALGORITHM, Step.TYPE, Step.KEY, Step.SIGNATURE).contains(step)
              || (step == Step.ISSUER && terms.trust().isEmpty()));
    }

    private Finding finding(Step step, State state) {
      return new Finding(
          step,
          state,
          switch (state) {
            case PASSED -> seen(step, false);
            case FAILED -> seen(step, true);
            case NOT_REACHED -> "";
            case UNKNOWN ->
                isUndecided() ? "" : isAssumed(step) ? "assumed, not checked" : seen(step, false);
          });
    }

    private String seen(Step step, boolean isFailure) {
      return switch (step) {
        case AMBIGUOUS -> policy.ambiguous(decision);
        case SERVICE -> policy.service();
        case DENY_RULE -> policy.denyRule();
        case RULE -> policy.rule();
        case PUBLIC_RULE -> policy.publicRule();
        case CONDITION -> condition(isFailure);
        case CREDENTIAL,
            MALFORMED,
            ISSUER,
            ALGORITHM,
            TYPE,
            KEY,
            SIGNATURE,
            MISSING_CLAIM,
            LIFETIME,
            NOT_BEFORE,
            EXPIRY,
            AUDIENCE,
            REVOKED,
            BINDING,
            AGE,
            SCOPE,
            FRESHNESS ->
            token == null ? "" : token.seen(step, isFailure);
      };
    }

    private String condition(boolean isFailure) {
      if (isFailure) {
        return "not all is as the rule asks: the conditions below say what";
      }
      return (asked.isEmpty() ? "the rule asks for nothing more" : "all is as the rule asks")
          + longest();
    }

    private String longest() {
      return decision instanceof Decision.Allow allowed
          ? allowed
              .longestStream()
              .map(max -> "; Envoy ends the call after " + Wording.duration(max))
              .orElse("")
          : "";
    }

    private Optional<Needs> needs() {
      return failed != null
              && service != null
              && rule != null
              && token != null
              && verdict instanceof Verdict.Guarded guarded
          ? Optional.of(
              new Needs(
                  failed, service, guarded.guard(), token.known(), terms.maxLifetime(), asked))
          : Optional.empty();
    }

    private List<String> missing() {
      return failed == Step.CONDITION
          ? Needs.failing(asked)
          : needs().map(Needs::missing).orElse(List.of());
    }

    private List<String> needed() {
      if (failed == null) {
        return List.of();
      }
      return switch (failed) {
        case AMBIGUOUS -> List.of("a request that everybody on its way reads alike");
        case SERVICE -> List.of(policy.neededService());
        case DENY_RULE -> List.of(neededWithoutDenial());
        case RULE -> neededRule();
        case PUBLIC_RULE,
            CREDENTIAL,
            MALFORMED,
            ISSUER,
            ALGORITHM,
            TYPE,
            KEY,
            SIGNATURE,
            MISSING_CLAIM,
            LIFETIME,
            NOT_BEFORE,
            EXPIRY,
            AUDIENCE,
            REVOKED,
            BINDING,
            AGE,
            SCOPE,
            CONDITION,
            FRESHNESS ->
            needs()
                .map(Needs::needed)
                .orElseGet(
                    () ->
                        asked.stream()
                            .filter(one -> one.state() == State.FAILED)
                            .map(Needs::line)
                            .toList());
      };
    }

    private String neededWithoutDenial() {
      return asked.isEmpty()
          ? "another path or method: nothing opens what a deny rule closes"
          : "another path or method, or a call for which one of these is clearly not so: "
              + String.join("; ", asked.stream().map(Needs::line).toList());
    }

    private List<String> neededRule() {
      List<String> needed = new ArrayList<>();
      Set<String> methods = policy.ownersMethods();
      if (!methods.isEmpty()) {
        needed.add(
            (methods.size() == 1 ? "the method " : "one of the methods ")
                + Wording.quoted(methods));
      }
      needed.add(
          policy
              .owner()
              .map(
                  owner ->
                      "or a rule at " + owner + " that names " + Wording.quoted(request.method()))
              .orElse("a rule whose path matches"));
      otherSlash().ifPresent(needed::add);
      return needed;
    }

    /** A trailing slash makes another path, which people forget. */
    private Optional<String> otherSlash() {
      String path = request.rawPath();
      String other = path.endsWith("/") ? path.substring(0, path.length() - 1) : path + "/";
      if (other.isEmpty()) {
        return Optional.empty();
      }
      AccessRequest instead =
          AccessRequest.builder()
              .method(request.method())
              .host(request.host())
              .target(other)
              .headers(request.headers())
              .destinationPrincipal(request.destinationPrincipal())
              .contextExtensions(request.contextExtensions())
              .build();
      return inquiry.snapshot().policy().select(instead, inquiry.pin(), now).candidates().stream()
          .filter(c -> c.standing() instanceof Selection.Standing.Decides)
          .map(
              c ->
                  "or "
                      + (path.endsWith("/") ? "no slash" : "a slash")
                      + " at the path's end: the rule "
                      + Wording.quoted(c.rule().name())
                      + " would decide then")
          .findFirst();
    }

    private List<String> notes(boolean undecided) {
      List<String> notes = new ArrayList<>();
      if (undecided) {
        notes.add(
            "THE TOKEN WAS NOT JUDGED: without a configuration nobody is trusted;"
                + " --config FILE verifies the token, --assume-verified believes it");
      }
      if (terms.signature() == Terms.Signature.ASSUMED && inquiry.verification().isPresent()) {
        notes.add(
            "THE SIGNATURE WAS NOT CHECKED: anybody could have written this token;"
                + " a server may decide otherwise");
      }
      if (!undecided
          && inquiry.trial() instanceof Trial.Answered answered
          && isUnjudged(answered.candidate())) {
        notes.add("What is in shadow would ask for the token, which was not judged");
      }
      if (terms.revocations() == Terms.Revocations.UNKNOWN
          && decision instanceof Decision.Allow
          && token != null) {
        notes.add("Revocations were not asked: only a running server knows them");
      }
      return notes;
    }
  }
}
