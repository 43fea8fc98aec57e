package io.gat.decide.explain;

import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.State;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the step at which a guarded call ended lacks, and what an allow would take from there. */
final class Needs {
  private final Step failed;
  private final Service service;
  private final Rule.Effect.Guarded guard;
  private final Known token;
  private final Duration maxLifetime;
  private final List<Asked> conditions;

  Needs(
      Step failed,
      Service service,
      Rule.Effect.Guarded guard,
      Known token,
      Duration maxLifetime,
      List<Asked> conditions) {
    this.failed = failed;
    this.service = service;
    this.guard = guard;
    this.token = token;
    this.maxLifetime = maxLifetime;
    this.conditions = conditions;
  }

  /**
   * What is known of the token.
   *
   * @param lacking the claims that it lacks
   * @param scopes null where its signature did not hold
   * @param issuers whose tokens are accepted
   */
  record Known(List<String> lacking, @Nullable Set<String> scopes, List<String> issuers) {
    Known {
      lacking = List.copyOf(lacking);
      issuers = List.copyOf(issuers);
    }
  }

  /** What the failed step lacks; empty where it lacks nothing but another outcome. */
  List<String> missing() {
    return switch (failed) {
      case CREDENTIAL -> List.of("a token");
      case MISSING_CLAIM ->
          token.lacking().stream().map(c -> "the claim " + Wording.quoted(c)).toList();
      case AUDIENCE -> List.of(audience());
      case SCOPE -> missingScopes(token.scopes());
      case CONDITION -> failing(conditions);
      case AMBIGUOUS,
          SERVICE,
          DENY_RULE,
          RULE,
          PUBLIC_RULE,
          MALFORMED,
          ISSUER,
          ALGORITHM,
          TYPE,
          KEY,
          SIGNATURE,
          LIFETIME,
          NOT_BEFORE,
          EXPIRY,
          REVOKED,
          BINDING,
          AGE,
          FRESHNESS ->
          List.of();
    };
  }

  private List<String> missingScopes(@Nullable Set<String> scopes) {
    if (scopes == null) {
      return List.of();
    }
    List<String> missing = new ArrayList<>();
    for (String scope : guard.allScopes()) {
      if (!scopes.contains(scope)) {
        missing.add("the scope " + Wording.quoted(scope));
      }
    }
    Set<String> any = guard.anyScope();
    if (!any.isEmpty() && any.stream().noneMatch(scopes::contains)) {
      missing.add("one of the scopes " + Wording.quoted(any));
    }
    return missing;
  }

  /** The smallest parts that do not hold, each with what was seen. */
  static List<String> failing(List<Asked> asked) {
    List<String> failing = new ArrayList<>();
    for (Asked one : asked) {
      if (one.state() == State.FAILED && one.parts().isEmpty()) {
        failing.add(one.seen().isEmpty() ? one.what() : one.what() + " (" + one.seen() + ")");
      } else if (one.state() == State.FAILED) {
        failing.addAll(failing(one.parts()));
      }
    }
    return failing;
  }

  /** What an allow would take, from the failed step on. */
  List<String> needed() {
    List<String> needed = new ArrayList<>();
    for (Step step : Step.values()) {
      if (step.compareTo(failed) >= 0) {
        needed.addAll(needed(step));
      }
    }
    return needed;
  }

  private List<String> needed(Step step) {
    return switch (step) {
      case AMBIGUOUS, SERVICE, DENY_RULE, RULE, PUBLIC_RULE -> List.of();
      case CREDENTIAL -> List.of(TokenSteps.shown(service));
      case MALFORMED -> only(step, "a signed JWT, in the compact form of three parts");
      case ISSUER ->
          failed.compareTo(Step.ISSUER) <= 0 && !token.issuers().isEmpty()
              ? List.of("from a trusted issuer: " + Wording.quoted(token.issuers()))
              : List.of();
      case ALGORITHM -> only(step, "signed in a way that is accepted of its issuer");
      case TYPE -> only(step, "a type (`typ`) that is accepted here");
      case KEY -> only(step, "signed by a key that is in its issuer's key set");
      case SIGNATURE -> only(step, "a token as its issuer signed it, with no bit changed");
      case MISSING_CLAIM -> only(step, "every claim that it lacks");
      case LIFETIME ->
          only(step, "a life of at most " + Wording.duration(maxLifetime) + " (exp − iat)");
      case NOT_BEFORE ->
          only(step, "a later time, or clocks that agree: the leeway is counted already");
      case EXPIRY -> only(step, "a newer token");
      case AUDIENCE -> List.of(audience());
      case REVOKED -> only(step, "another token: this one will never open anything again");
      case BINDING -> only(step, "the caller to whom the token is bound, with its certificate");
      case AGE ->
          guard
              .maxAge()
              .map(max -> List.of("issued less than " + Wording.duration(max) + " before the call"))
              .orElse(List.of());
      case SCOPE -> guard.neededScopes().isEmpty() ? List.of() : List.of(TokenSteps.asked(guard));
      case CONDITION ->
          conditions.stream()
              .filter(one -> failed != Step.CONDITION || one.state() != State.PASSED)
              .map(Needs::line)
              .toList();
      case FRESHNESS -> only(step, "a feed that answers: revocations that are fresh");
    };
  }

  private List<String> only(Step step, String text) {
    return step == failed ? List.of(text) : List.of();
  }

  private String audience() {
    return "for the audience "
        + (service.audiences().size() > 1 ? "one of " : "")
        + Wording.quoted(service.audiences());
  }

  /** What is asked, in one line. */
  static String line(Asked asked) {
    return asked.parts().isEmpty()
        ? asked.what()
        : asked.what()
            + " ("
            + asked.parts().stream().map(Needs::line).reduce((a, b) -> a + "; " + b).orElse("")
            + ")";
  }
}
