package io.gat.policy.lint;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;

/** What lints have found so far. */
final class Findings {
  private final List<Problem> problems = new ArrayList<>();

  void add(ProblemId id, YamlNode at, String message, String remedy) {
    problems.add(Problem.of(id, at, message, remedy));
  }

  List<Problem> all() {
    return List.copyOf(problems);
  }
}
