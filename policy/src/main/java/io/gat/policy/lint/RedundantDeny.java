package io.gat.policy.lint;

import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds deny rules that refuse nothing which other deny rules would not. Those found are left out
 * when the next ones are looked at, so that all of them may be removed together.
 */
final class RedundantDeny implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (ServiceDocument document : set.services()) {
      RulePlaces places = new RulePlaces(document.node());
      Coverage coverage = new Coverage(document);
      Set<String> found = new HashSet<>();
      List<TemplatedRule> denials =
          document.rules().stream()
              .filter(r -> Coverage.isDeny(r.rule()))
              .sorted(Comparator.comparing((TemplatedRule r) -> r.rule().name()).reversed())
              .toList();
      for (TemplatedRule denial : denials) {
        String name = denial.rule().name();
        found.add(name);
        Set<String> others = others(denial, coverage, found);
        if (others.isEmpty()) {
          found.remove(name);
        } else {
          findings.add(
              ProblemId.REDUNDANT_DENY,
              places.rule(name),
              "the rule `" + name + "` denies nothing that others do not: " + quoted(others),
              "remove it, unless its name is wanted in logs");
        }
      }
    }
  }

  /** Those that deny what a rule denies; empty where they leave something to it. */
  private static Set<String> others(TemplatedRule denial, Coverage coverage, Set<String> leftOut) {
    Set<String> others = new TreeSet<>();
    for (PathTemplate template : denial.templates()) {
      for (List<String> path : coverage.paths(template)) {
        for (String method : coverage.methods(denial.rule())) {
          var other = coverage.denial(method, path, leftOut);
          if (other.isEmpty()) {
            return Set.of();
          }
          others.add(other.get().name());
        }
      }
    }
    return others;
  }

  private static String quoted(Set<String> names) {
    return names.stream().map(n -> "`" + n + "`").collect(Collectors.joining(", "));
  }
}
