package io.gat.decide.explain;

import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.Candidate;
import io.gat.decide.explain.Explanation.Finding;
import io.gat.decide.explain.Explanation.Outcome;
import io.gat.decide.explain.Explanation.State;
import io.gat.policy.AccessRequest;
import io.gat.policy.Circumstance;
import io.gat.policy.LongLived;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Selection.Standing;
import io.gat.policy.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Explains a decision from its record, as far as that goes: the decision is the record's, and
 * nothing is decided anew. A record has no token, no values of headers and parameters, and no
 * address, so what they had to do with it stays unknown.
 */
public final class RecordExplainer {
  private final Policy policy;
  private final Duration maxLifetime;

  /**
   * An explainer.
   *
   * @param policy the one that is there now, which need not be the record's
   * @param maxLifetime the longest life of a token accepted
   */
  public RecordExplainer(Policy policy, Duration maxLifetime) {
    this.policy = policy;
    this.maxLifetime = maxLifetime;
  }

  /** Tells why the recorded decision was what it was. */
  public Explanation explain(DecisionRecord record) {
    return new One(record).explain();
  }

  /** The explanation of one record. */
  private final class One {
    private final DecisionRecord record;
    private final AccessRequest request;
    private final Selection selection;
    private final @Nullable Service service;
    private final @Nullable Rule rule;
    private final @Nullable Step failed;
    private final PolicySteps now;
    private final RecordSteps steps;

    One(DecisionRecord record) {
      this.record = record;
      this.request =
          AccessRequest.builder()
              .method(record.method())
              .host(record.host())
              .target(record.path())
              .sourcePrincipal(record.sourcePrincipal())
              .destinationPrincipal(record.destinationPrincipal())
              .build();
      this.selection = policy.select(request, record.service(), record.time());
      this.service = policy.service(record.service()).orElse(null);
      this.rule =
          selection.candidates().stream()
              .map(Selection.Candidate::rule)
              .filter(one -> one.name().equals(record.rule()))
              .findFirst()
              .orElse(null);
      this.failed = Step.of(record.reason()).orElse(null);
      this.now =
          new PolicySteps(
              request,
              selection,
              service,
              rule,
              new Circumstances(request, record.time()),
              policy.places());
      this.steps = new RecordSteps(record, service, rule, maxLifetime);
    }

    Explanation explain() {
      List<Asked> asked = rule == null ? List.of() : asked(rule);
      Optional<Needs> needs = needs(asked);
      return new Explanation(
          switch (record.decision()) {
            case ALLOW -> Outcome.ALLOW;
            case DENY -> Outcome.DENY;
            case ERROR -> Outcome.ERROR;
          },
          record.reason(),
          record.time(),
          record.policy(),
          record.method(),
          record.host(),
          record.path(),
          record.service(),
          now.servicePlace(),
          record.rule(),
          findings(),
          candidates(),
          asked,
          needs.map(Needs::missing).orElse(List.of()),
          needs.map(Needs::needed).orElse(List.of()),
          notes(),
          record.shadow());
    }

    private List<Finding> findings() {
      List<Finding> findings = new ArrayList<>();
      for (Step step : Step.values()) {
        State state = state(step);
        findings.add(
            new Finding(
                step,
                state,
                switch (state) {
                  case PASSED -> steps.seen(step, false);
                  case FAILED -> steps.seen(step, true);
                  case NOT_REACHED, UNKNOWN -> "";
                }));
      }
      return findings;
    }

    private State state(Step step) {
      if (record.reason() == Reason.OVERLOADED || record.reason() == Reason.INTERNAL_ERROR) {
        return State.NOT_REACHED;
      }
      if (step == failed) {
        return State.FAILED;
      }
      boolean isPublic = failed == null && record.tokenId().isEmpty();
      if ((failed != null && step.compareTo(failed) > 0) || (isPublic && step.readsToken())) {
        return State.NOT_REACHED;
      }
      boolean untold = (step == Step.REVOKED || step == Step.FRESHNESS) && record.epoch() == null;
      return untold ? State.UNKNOWN : State.PASSED;
    }

    private List<Candidate> candidates() {
      List<Candidate> candidates = new ArrayList<>();
      for (Selection.Candidate one : selection.candidates()) {
        boolean decides =
            one.rule().name().equals(record.rule())
                && candidates.stream().noneMatch(Candidate::decides)
                && !(one.standing() instanceof Standing.LessSpecific);
        candidates.add(
            new Candidate(
                one.rule().name(),
                now.place(one.rule()),
                one.template(),
                one.rule().methods().stream().sorted().toList(),
                decides,
                decides ? "decided" : standing(one)));
      }
      return candidates;
    }

    private String standing(Selection.Candidate one) {
      boolean closed = one.rule().effect() instanceof Rule.Effect.Closed;
      if (record.reason() == Reason.DENIED_BY_RULE && !closed) {
        return "a deny rule won over it";
      }
      return switch (one.standing()) {
        case Standing.Decides decides ->
            record.reason() == Reason.NO_RULE || !record.rule().isEmpty()
                ? "would decide by the policy that is there now"
                : "matches";
        case Standing.StepsAside aside ->
            "a deny rule: the record does not tell whether its circumstances were there";
        case Standing.OtherMethod other -> now.standing(one);
        case Standing.Replaced replaced -> now.standing(one);
        case Standing.DeniesToo too -> now.standing(one);
        case Standing.Overruled overruled -> now.standing(one);
        case Standing.LessSpecific less -> now.standing(one);
      };
    }

    /** What the rule asks: a record tells who called and when, and nothing else of it. */
    private List<Asked> asked(Rule of) {
      List<Asked> asked = new ArrayList<>();
      Circumstances known = new Circumstances(request, record.time());
      for (Circumstance one : of.circumstances()) {
        Rule alone =
            new Rule(
                of.name(),
                of.methods(),
                of.paths(),
                of.effect(),
                List.of(one),
                of.longLived(),
                of.enforcement());
        List<Asked> judged = known.of(alone);
        switch (one) {
          case Circumstance.Headers headers -> judged.forEach(a -> asked.add(unknown(a)));
          case Circumstance.Query query -> judged.forEach(a -> asked.add(unknown(a)));
          case Circumstance.Networks networks -> judged.forEach(a -> asked.add(unknown(a)));
          case Circumstance.Principals principals -> asked.addAll(judged);
          case Circumstance.Namespaces namespaces -> asked.addAll(judged);
          case Circumstance.During during -> asked.addAll(judged);
        }
      }
      if (of.effect() instanceof Rule.Effect.Guarded guard) {
        guard.when().map(Conditions::unread).ifPresent(asked::add);
      }
      boolean nothingElse = asked.isEmpty() && !(of.effect() instanceof Rule.Effect.Closed);
      if (nothingElse
          && record.reason() == Reason.CONDITION_FALSE
          && of.longLived().upgrade() == LongLived.Upgrade.REFUSED) {
        asked.add(new Asked(Circumstances.NO_UPGRADE, State.UNKNOWN, "", List.of()));
      }
      return asked;
    }

    private static Asked unknown(Asked asked) {
      return new Asked(asked.what(), State.UNKNOWN, "", List.of());
    }

    private Optional<Needs> needs(List<Asked> asked) {
      if (failed == null
          || service == null
          || rule == null
          || !(rule.effect() instanceof Rule.Effect.Guarded guard)) {
        return Optional.empty();
      }
      Set<String> scopes =
          record.tokenId().isEmpty() ? null : new TreeSet<>(RecordSteps.scopes(record));
      Needs.Known known = new Needs.Known(List.of(), scopes, List.of());
      return Optional.of(new Needs(failed, service, guard, known, maxLifetime, asked));
    }

    private List<String> notes() {
      List<String> notes = new ArrayList<>();
      notes.add(
          "From a decision record: the token, values of headers and parameters, and the caller's"
              + " address are unknown");
      if (!record.policy().isEmpty() && !record.policy().equals(policy.hash())) {
        notes.add(
            "THE POLICY IS ANOTHER ONE NOW: "
                + policy.hash()
                + ", not "
                + record.policy()
                + "; rules may have changed since");
      }
      if (!record.rule().isEmpty() && rule == null) {
        notes.add(
            "The rule "
                + Wording.quoted(record.rule())
                + " does not match this path in the policy that is there now");
      }
      if (record.path().endsWith("…")) {
        notes.add("The record's path was cut: no rule can be found for it");
      }
      if (record.reason() == Reason.OVERLOADED || record.reason() == Reason.INTERNAL_ERROR) {
        notes.add("gat had no answer, so no step was taken: " + record.reason().code());
      }
      return notes;
    }
  }
}
