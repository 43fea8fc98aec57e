package io.gat.policy.lint;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What lints have found so far. */
final class Findings {
  private final List<Problem> problems = new ArrayList<>();
  private final Predicate<YamlNode> told;

  /**
   * No findings yet.
   *
   * @param told which places may be spoken of; a finding at another one is dropped
   */
  Findings(Predicate<YamlNode> told) {
    this.told = told;
  }

  void add(ProblemId id, YamlNode at, String message, String remedy) {
    if (told.test(at)) {
      problems.add(Problem.of(id, at, message, remedy));
    }
  }

  List<Problem> all() {
    return List.copyOf(problems);
  }
}
