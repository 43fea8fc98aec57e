package io.gat.policy.lint;

import io.gat.policy.IssuanceRule;
import io.gat.policy.Rule;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds audiences and scopes that are given and that nobody asks for. A set without services says
 * nothing about that, nor does a service whose conditions read scopes themselves.
 */
final class UnacceptedIssuance implements Lint {
  /** The audience of gat's own administration: no policy file protects it. */
  private static final String ADMINISTRATION = "gat-admin";

  @Override
  public void look(PolicySet set, Findings findings) {
    if (set.services().isEmpty()) {
      return;
    }
    Set<String> accepted = new TreeSet<>(Set.of(ADMINISTRATION));
    set.services().forEach(document -> accepted.addAll(document.service().audiences()));
    for (IssuanceDocument document : set.issuance()) {
      RulePlaces places = new RulePlaces(document.node());
      for (IssuanceRule rule : document.rules()) {
        audiences(rule, accepted, places, findings);
        scopes(set, rule, places, findings);
      }
    }
  }

  private static void audiences(
      IssuanceRule rule, Set<String> accepted, RulePlaces places, Findings findings) {
    for (String audience : rule.audiences()) {
      if (!accepted.contains(audience)) {
        findings.add(
            ProblemId.UNACCEPTED_AUDIENCE,
            places.text(rule.name(), List.of("audiences"), audience),
            "no service accepts the audience `" + audience + "`",
            remedy(audience, accepted));
      }
    }
  }

  private static void scopes(
      PolicySet set, IssuanceRule rule, RulePlaces places, Findings findings) {
    List<ServiceDocument> acceptors = set.acceptorsOf(rule).toList();
    boolean readsScopes =
        acceptors.stream()
            .flatMap(ServiceDocument::guards)
            .flatMap(guard -> guard.when().stream())
            .anyMatch(when -> when.source().contains("scope"));
    if (acceptors.isEmpty() || readsScopes || rule.audiences().contains(ADMINISTRATION)) {
      return;
    }
    Set<String> asked = new TreeSet<>();
    acceptors.stream()
        .flatMap(ServiceDocument::guards)
        .map(Rule.Effect.Guarded::neededScopes)
        .forEach(asked::addAll);
    for (String scope : rule.scopes()) {
      if (!asked.contains(scope)) {
        findings.add(
            ProblemId.UNASKED_SCOPE,
            places.text(rule.name(), List.of("scopes"), scope),
            "no service that accepts the token asks for the scope `" + scope + "`",
            remedy(scope, asked));
      }
    }
  }

  private static String remedy(String written, Set<String> known) {
    return Spelling.nearest(written, known)
        .map(near -> "did you mean `" + near + "`?")
        .orElse("remove it");
  }
}
