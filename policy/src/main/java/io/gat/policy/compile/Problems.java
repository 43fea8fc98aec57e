package io.gat.policy.compile;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong, as it is found. */
public final class Problems {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing((Problem p) -> p.position().file())
          .thenComparingInt(p -> p.position().line())
          .thenComparingInt(p -> p.position().column());

  private final List<Problem> found = new ArrayList<>();

  public void add(YamlNode node, String message, String remedy) {
    add(node.position(), node.path(), message, remedy);
  }

  public void add(Position position, String path, String message, String remedy) {
    found.add(new Problem(position, path, printable(message), printable(remedy)));
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

  // A message may quote what the file says, and stays one readable line whatever that is.
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) || c == 0x2028 ? ' ' : c));
    return out.toString();
  }
}
