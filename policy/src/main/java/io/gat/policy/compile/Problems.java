package io.gat.policy.compile;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong, as it is found. */
public final class Problems {
  static final Comparator<Problem> BY_PLACE =
      Comparator.comparing((Problem p) -> p.position().file())
          .thenComparingInt(p -> p.position().line())
          .thenComparingInt(p -> p.position().column());

  private final List<Problem> found = new ArrayList<>();

  /** A problem with a value. */
  public void add(ProblemId id, YamlNode node, String message, String remedy) {
    found.add(Problem.of(id, node, message, remedy));
  }

  /** A problem with a key, not with its value. */
  void add(ProblemId id, YamlNode.Entry entry, String message, String remedy) {
    add(id, entry.keyPosition(), entry.keyEndColumn(), entry.value().path(), message, remedy);
  }

  void add(ProblemId id, Position at, int endColumn, String path, String message, String remedy) {
    found.add(Problem.of(id, at, endColumn, path, message, remedy));
  }

  /** A problem of whose place only the start is known. */
  public void add(ProblemId id, Position at, String path, String message, String remedy) {
    add(id, at, at.column() + 1, path, message, remedy);
  }

  public void addAll(List<Problem> problems) {
    found.addAll(problems);
  }

  public int count() {
    return found.size();
  }

  /** In the order of the text. */
  public List<Problem> sorted() {
    return found.stream().sorted(BY_PLACE).toList();
  }
}
