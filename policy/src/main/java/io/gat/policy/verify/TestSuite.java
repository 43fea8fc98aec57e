package io.gat.policy.verify;

import io.gat.policy.parse.Position;
import java.util.List;
import java.util.Objects;

/**
 * One document of a test file.
 *
 * @param name what it says after {@code tests}
 * @param cases in the order in which they run and are reported
 */
record TestSuite(String name, Position position, List<TestCase> cases) {
  TestSuite {
    Objects.requireNonNull(name);
    Objects.requireNonNull(position);
    cases = List.copyOf(cases);
  }
}
