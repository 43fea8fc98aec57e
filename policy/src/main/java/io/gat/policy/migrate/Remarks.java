package io.gat.policy.migrate;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Everything to say about an import, as it is found; what is found twice is said once. */
final class Remarks {
  private static final Comparator<Remark> BY_PLACE =
      Comparator.comparing((Remark r) -> r.kind() != Remark.Kind.DENIAL_WIDENED)
          .thenComparing(r -> r.position().file())
          .thenComparingInt(r -> r.position().line())
          .thenComparingInt(r -> r.position().column());

  private final Set<Remark> found = new LinkedHashSet<>();

  void add(YamlNode node, Remark.Kind kind, String message, String remedy) {
    add(node.position(), kind, node.path(), message, remedy);
  }

  void add(Position position, Remark.Kind kind, String path, String message, String remedy) {
    found.add(new Remark(position, kind, path, printable(message), printable(remedy)));
  }

  /** Denials first, then in the order of the text. */
  List<Remark> sorted() {
    List<Remark> sorted = new ArrayList<>(found);
    sorted.sort(BY_PLACE);
    return List.copyOf(sorted);
  }

  // A message may quote what the source says, and stays one readable line whatever that is.
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) || c == 0x2028 ? ' ' : c));
    return out.toString();
  }
}
