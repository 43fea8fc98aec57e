package io.gat.policy.lint;

import io.gat.policy.Rule;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;

/** Finds rules that take any token for the service. */
final class UnguardedRule implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (ServiceDocument document : set.services()) {
      RulePlaces places = new RulePlaces(document.node());
      for (TemplatedRule rule : document.rules()) {
        if (rule.rule().effect() instanceof Rule.Effect.Guarded guard
            && guard.neededScopes().isEmpty()
            && guard.when().isEmpty()
            && rule.rule().circumstances().isEmpty()) {
          String name = rule.rule().name();
          findings.add(
              ProblemId.UNGUARDED_RULE,
              places.rule(name),
              "the rule `" + name + "` takes any valid token for the audience",
              "add `scopes`, `any-scope` or `when`");
        }
      }
    }
  }
}
