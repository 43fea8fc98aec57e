package io.gat.policy.lint;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What lints have found so far. */
final class Findings {
  private final List<Finding> findings = new ArrayList<>();

  private record Finding(YamlNode at, Problem problem) {}

  void add(ProblemId id, YamlNode at, String message, String remedy) {
    findings.add(new Finding(at, Problem.of(id, at, message, remedy)));
  }

  List<Problem> all() {
    return findings.stream().map(Finding::problem).toList();
  }

  /** Those at one of these nodes. */
  List<Problem> at(Set<YamlNode> places) {
    return findings.stream()
        .filter(finding -> places.contains(finding.at))
        .map(Finding::problem)
        .toList();
  }
}
