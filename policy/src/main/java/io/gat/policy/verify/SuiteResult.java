package io.gat.policy.verify;

import io.gat.policy.parse.Position;
import java.util.List;
import java.util.Objects;

/**
 * What came of one document of a test file.
 *
 * @param name what it says after {@code tests}
 * @param position where it says so
 * @param cases in the order in which they ran
 */
public record SuiteResult(String name, Position position, List<CaseResult> cases) {
  public SuiteResult {
    Objects.requireNonNull(name);
    Objects.requireNonNull(position);
    cases = List.copyOf(cases);
  }

  /** How many cases did not pass. */
  public int failed() {
    return (int) cases.stream().filter(c -> !c.passed()).count();
  }
}
