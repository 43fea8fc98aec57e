package io.gat.policy.lint;

import io.gat.policy.Rule;
import io.gat.policy.evaluate.LiteralCase;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.PathTemplate.Part;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds public rules whose {@code {x=**}} stands before any literal segment, or after a single one
 * under which rules ask for a token: a path that somebody forgets to name there is open.
 */
final class BroadPublic implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (ServiceDocument document : set.services()) {
      LiteralCase literals = LiteralCase.of(document.service().caseSensitivity());
      RulePlaces places = new RulePlaces(document.node());
      Set<String> guarded = guardedBeneath(document, literals);
      for (TemplatedRule rule : document.rules()) {
        if (rule.rule().effect() instanceof Rule.Effect.Open
            && rule.rule().circumstances().isEmpty()) {
          for (PathTemplate template : rule.templates()) {
            if (isBroad(template, guarded, literals)) {
              findings.add(
                  ProblemId.BROAD_PUBLIC,
                  places.text(rule.rule().name(), List.of("paths"), template.text()),
                  "`" + template.text() + "` opens to anybody every path that no other rule names",
                  "name the public paths one by one");
            }
          }
        }
      }
    }
  }

  private static boolean isBroad(PathTemplate template, Set<String> guarded, LiteralCase literals) {
    List<Part> parts = template.parts();
    if (!(parts.getLast() instanceof Part.Rest)) {
      return false;
    }
    boolean literal = parts.stream().anyMatch(Part.Literal.class::isInstance);
    return !literal || (parts.size() == 2 && guarded.contains(template.shape(literals).getFirst()));
  }

  /** The shapes of first segments under which a rule asks for a token. */
  private static Set<String> guardedBeneath(ServiceDocument document, LiteralCase literals) {
    Set<String> first = new HashSet<>();
    for (TemplatedRule rule : document.rules()) {
      if (rule.rule().effect() instanceof Rule.Effect.Guarded) {
        rule.templates().forEach(t -> first.add(t.shape(literals).getFirst()));
      }
    }
    return first;
  }
}
