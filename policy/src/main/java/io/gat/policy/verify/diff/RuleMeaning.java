package io.gat.policy.verify.diff;

import io.gat.policy.LongLived;
import io.gat.policy.Rule;
import io.gat.policy.evaluate.Standing.Placement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * All that counts of a rule at one of its templates, without its name and its place: two rules of
 * equal meaning are interchangeable. Unequal ones may still be.
 */
record RuleMeaning(
    Set<String> methods,
    Effect effect,
    Set<String> allScopes,
    Set<String> anyScope,
    Optional<Duration> maxAge,
    Set<Set<String>> condition,
    Set<Asked> asked,
    LongLived longLived) {
  RuleMeaning {
    methods = Set.copyOf(methods);
    allScopes = Set.copyOf(allScopes);
    anyScope = Set.copyOf(anyScope);
    condition = Set.copyOf(condition);
    asked = Set.copyOf(asked);
  }

  /** What a rule does. */
  enum Effect {
    OPEN,
    CLOSED,
    GUARDED
  }

  static RuleMeaning of(Placement placement, Forms forms) {
    Rule rule = placement.rule();
    Set<Asked> asked = Set.copyOf(Asked.of(rule.circumstances()));
    return switch (rule.effect()) {
      case Rule.Effect.Open open -> plain(rule, Effect.OPEN, asked);
      case Rule.Effect.Closed closed -> plain(rule, Effect.CLOSED, asked);
      case Rule.Effect.Guarded guard ->
          new RuleMeaning(
              rule.methods(),
              Effect.GUARDED,
              guard.allScopes(),
              guard.anyScope(),
              guard.maxAge(),
              forms.of(placement).clauses(),
              asked,
              rule.longLived());
    };
  }

  private static RuleMeaning plain(Rule rule, Effect effect, Set<Asked> asked) {
    return new RuleMeaning(
        rule.methods(),
        effect,
        Set.of(),
        Set.of(),
        Optional.empty(),
        Set.of(),
        asked,
        rule.longLived());
  }
}
