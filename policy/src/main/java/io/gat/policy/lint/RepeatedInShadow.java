package io.gat.policy.lint;

import io.gat.policy.Condition;
import io.gat.policy.Enforcement;
import io.gat.policy.Rule;
import io.gat.policy.evaluate.LiteralCase;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import java.util.List;

/** Finds rules in shadow that do just what an enforced rule of their service does. */
final class RepeatedInShadow implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (ServiceDocument document : set.services()) {
      RulePlaces places = new RulePlaces(document.node());
      LiteralCase literals = LiteralCase.of(document.service().caseSensitivity());
      for (TemplatedRule rule : document.rules()) {
        if (rule.rule().enforcement() == Enforcement.SHADOW) {
          document.rules().stream()
              .filter(other -> other.rule().enforcement() == Enforcement.ALWAYS)
              .filter(other -> isRepeated(rule, other, literals))
              .findFirst()
              .ifPresent(
                  other ->
                      findings.add(
                          ProblemId.REPEATED_IN_SHADOW,
                          places.rule(rule.rule().name()),
                          "the rule `"
                              + rule.rule().name()
                              + "` does just what the enforced rule `"
                              + other.rule().name()
                              + "` does",
                          "remove it, or change what it asks"));
        }
      }
    }
  }

  private static boolean isRepeated(TemplatedRule rule, TemplatedRule other, LiteralCase literals) {
    Rule one = rule.rule();
    Rule two = other.rule();
    return one.circumstances().equals(two.circumstances())
        && one.methods().equals(two.methods())
        && one.longLived().equals(two.longLived())
        && other.templates().stream()
            .map(t -> read(t, one, literals))
            .toList()
            .containsAll(rule.templates().stream().map(t -> read(t, one, literals)).toList())
        && isSame(one.effect(), two.effect());
  }

  /**
   * What the rule makes of a template: which paths it matches and, where a condition may read them,
   * which variable stands where.
   */
  private static List<Object> read(PathTemplate template, Rule rule, LiteralCase literals) {
    boolean isRead = rule.effect() instanceof Rule.Effect.Guarded guard && guard.when().isPresent();
    return List.of(
        template.shape(literals), isRead ? List.copyOf(template.variables()) : List.of());
  }

  private static boolean isSame(Rule.Effect one, Rule.Effect two) {
    return switch (one) {
      case Rule.Effect.Open open -> two instanceof Rule.Effect.Open;
      case Rule.Effect.Closed closed -> two instanceof Rule.Effect.Closed;
      case Rule.Effect.Guarded guard ->
          two instanceof Rule.Effect.Guarded other
              && guard.allScopes().equals(other.allScopes())
              && guard.anyScope().equals(other.anyScope())
              && guard.maxAge().equals(other.maxAge())
              && guard.when().map(Condition::source).equals(other.when().map(Condition::source));
    };
  }
}
