package io.gat.policy.lint;

import io.gat.policy.LongLived;
import io.gat.policy.Rule;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;

/**
 * Finds rules whose upgraded calls outlive the token that opened them. A public rule asks for none,
 * so there is nothing that such a call could outlive.
 */
final class EndlessUpgrade implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (ServiceDocument document : set.services()) {
      RulePlaces places = new RulePlaces(document.node());
      for (TemplatedRule rule : document.rules()) {
        LongLived longLived = rule.rule().longLived();
        if (rule.rule().effect() instanceof Rule.Effect.Guarded
            && longLived.upgrade() == LongLived.Upgrade.ALLOWED
            && longLived.maxStream().isEmpty()) {
          String name = rule.rule().name();
          findings.add(
              ProblemId.ENDLESS_UPGRADE,
              places.value(name, "upgrade"),
              "a WebSocket that `" + name + "` lets pass outlives its token, revoked or not",
              "add `max-stream`, such as `max-stream: 5m`");
        }
      }
    }
  }
}
