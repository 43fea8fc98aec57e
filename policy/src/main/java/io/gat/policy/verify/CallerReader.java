package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.compile.Section;
import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Optional;

/** Reads the callers of a test document. */
final class CallerReader implements Fixtures.Reader<TestCaller> {
  static final String KIND = "caller";

  static final List<String> KEYS = List.of("like", "principal", "address", "certificate");

  private final Problems problems;

  CallerReader(Problems problems) {
    this.problems = problems;
  }

  @Override
  public Optional<TestCaller> read(String name, YamlNode.Mapping merged) {
    int before = problems.count();
    Section section = new Section(merged, KEYS, problems);
    TestCaller caller =
        new TestCaller(
            Texts.of(section, "principal", ""),
            Texts.of(section, "address", ""),
            Texts.of(section, "certificate", ""));
    return problems.count() > before ? Optional.empty() : Optional.of(caller);
  }
}
