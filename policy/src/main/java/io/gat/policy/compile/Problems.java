package io.gat.policy.compile;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong, as it is found. */
final class Problems {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing((Problem p) -> p.position().file())
          .thenComparingInt(p -> p.position().line())
          .thenComparingInt(p -> p.position().column());

  private final List<Problem> found = new ArrayList<>();

  /** A value that its key does not take. */
  void add(YamlNode node, String message, String remedy) {
    add(ProblemId.WRONG_VALUE, node, message, remedy);
  }

  void add(ProblemId id, YamlNode node, String message, String remedy) {
    add(id, node.position(), node.endColumn(), node.path(), message, remedy);
  }

  /** A problem with a key, not with its value. */
  void add(ProblemId id, YamlNode.Entry entry, String message, String remedy) {
    String path = entry.value().path();
    add(id, entry.keyPosition(), entry.keyEndColumn(), path, message, remedy);
  }

  void add(ProblemId id, Position at, int endColumn, String path, String message, String remedy) {
    int end = Math.max(endColumn, at.column() + 1);
    found.add(new Problem(id, at, end, path, printable(message), printable(remedy)));
  }

  /** A problem of a place that is one character long. */
  void add(Position position, String path, String message, String remedy) {
    found.add(new Problem(position, path, printable(message), printable(remedy)));
  }

  void addAll(List<Problem> problems) {
    found.addAll(problems);
  }

  int count() {
    return found.size();
  }

  /** In the order of the text. */
  List<Problem> sorted() {
    return found.stream().sorted(BY_PLACE).toList();
  }

  // A message may quote what the file says, and stays one readable line whatever that is.
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) || c == 0x2028 ? ' ' : c));
    return out.toString();
  }
}
