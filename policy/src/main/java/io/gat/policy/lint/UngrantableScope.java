package io.gat.policy.lint;

import io.gat.policy.Rule;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds scopes, and whole services, for which no issuance rule of the set gives a token. A set
 * without issuance says nothing about that.
 */
final class UngrantableScope implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    if (set.issuance().isEmpty()) {
      return;
    }
    for (ServiceDocument document : set.services()) {
      if (document.guards().findAny().isEmpty()) {
        continue;
      }
      String audiences = String.join("`, `", document.service().audiences());
      if (set.grantsFor(document.service()).findAny().isEmpty()) {
        findings.add(
            ProblemId.UNGRANTED_AUDIENCE,
            document.node().get("audience").orElse(document.node()),
            "no issuance rule gives a token for the audience `" + audiences + "`",
            audienceRemedy(set, document));
        continue;
      }
      Set<String> granted = new TreeSet<>();
      set.grantsFor(document.service()).forEach(rule -> granted.addAll(rule.scopes()));
      look(document, granted, audiences, findings);
    }
  }

  private static void look(
      ServiceDocument document, Set<String> granted, String audiences, Findings findings) {
    RulePlaces places = new RulePlaces(document.node());
    for (TemplatedRule rule : document.rules()) {
      if (!(rule.rule().effect() instanceof Rule.Effect.Guarded guard)) {
        continue;
      }
      for (String scope : guard.neededScopes()) {
        if (!granted.contains(scope)) {
          findings.add(
              ProblemId.UNGRANTABLE_SCOPE,
              places.text(rule.rule().name(), List.of("scopes", "any-scope"), scope),
              "no issuance rule gives the scope `"
                  + scope
                  + "` for the audience `"
                  + audiences
                  + "`",
              Spelling.nearest(scope, granted)
                  .map(near -> "did you mean `" + near + "`?")
                  .orElse("add it to an issuance rule"));
        }
      }
    }
  }

  private static String audienceRemedy(PolicySet set, ServiceDocument document) {
    Set<String> given = new TreeSet<>();
    set.issuance().stream()
        .flatMap(d -> d.rules().stream())
        .forEach(rule -> given.addAll(rule.audiences()));
    return document.service().audiences().stream()
        .flatMap(audience -> Spelling.nearest(audience, given).stream())
        .findFirst()
        .map(near -> "did you mean `" + near + "`?")
        .orElse("add it to an issuance rule, unless another issuer makes its tokens");
  }
}
