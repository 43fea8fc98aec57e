package io.gat.policy.format;

import io.gat.policy.parse.Position;
import io.gat.policy.parse.YamlLayout;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlNode.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text written over several lines, after {@code |} or {@code >}.
 *
 * @param header what stands behind the key
 * @param lines what follows, without indentation; an empty one stays empty
 */
record BlockText(String header, List<String> lines) {
  BlockText {
    lines = List.copyOf(lines);
  }

  /**
   * The block that a text is written as; empty where one line is better or no block can hold it.
   *
   * @param width how many characters there are for a line
   */
  static Optional<BlockText> of(YamlNode.Scalar scalar, YamlLayout layout, int width) {
    if (!ScalarText.isText(scalar)) {
      return Optional.empty();
    }
    Position end = layout.end(scalar);
    boolean severalLines = end.line() > scalar.position().line();
    return switch (scalar.style()) {
      case LITERAL -> literal(scalar.text());
      case FOLDED -> folded(scalar, layout).or(() -> literal(scalar.text()));
      case PLAIN, SINGLE_QUOTED, DOUBLE_QUOTED ->
          severalLines && ScalarText.text(scalar.text()).length() > width
              ? filled(scalar.text(), width)
              : Optional.empty();
    };
  }

  private static boolean fits(String text) {
    return !text.isBlank()
        && ScalarText.isPrintable(text)
        && !Character.isWhitespace(text.charAt(0))
        // Kept line breaks would run together with a blank line that follows.
        && !text.endsWith("\n\n");
  }

  private static Optional<BlockText> literal(String text) {
    if (!fits(text)) {
      return Optional.empty();
    }
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    String header = body.length() == text.length() ? "|-" : "|";
    return Optional.of(new BlockText(header, List.of(body.split("\n", -1))));
  }

  /** As the author broke the lines; empty where that cannot simply be indented anew. */
  private static Optional<BlockText> folded(YamlNode.Scalar scalar, YamlLayout layout) {
    Position start = scalar.position();
    String header = layout.line(start.line());
    int at = header.offsetByCodePoints(0, start.column() - 1);
    String marks = header.substring(at).split("[ \t]", 2)[0];
    if (!(marks.equals(">") || marks.equals(">-")) || !fits(scalar.text())) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    int indent = 0;
    for (int n = start.line() + 1;
        n < layout.end(scalar).line() || endsIn(scalar, layout, n);
        n++) {
      String line = layout.line(n);
      if (indent == 0 && !line.isBlank()) {
        indent = line.length() - line.stripLeading().length();
      }
      lines.add(line.isBlank() ? "" : line.substring(Math.min(indent, line.length())));
    }
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines.isEmpty() ? Optional.empty() : Optional.of(new BlockText(marks, lines));
  }

  // A block at the very end of a text may lack its last line break.
  private static boolean endsIn(YamlNode.Scalar scalar, YamlLayout layout, int line) {
    Position end = layout.end(scalar);
    return line == end.line() && end.column() > 1;
  }

  /** Lines as long as they may be, broken where folding puts one space back. */
  private static Optional<BlockText> filled(String text, int width) {
    if (!fits(text) || text.indexOf('\n') >= 0 || text.indexOf('\t') >= 0 || text.endsWith(" ")) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int cut = breakAt(rest, width);
      if (cut < 0) {
        break;
      }
      lines.add(rest.substring(0, cut));
      rest = rest.substring(cut + 1);
    }
    lines.add(rest);
    return Optional.of(new BlockText(">-", lines));
  }

  /** The last single space that leaves a line within the width, else the first one at all. */
  private static int breakAt(String text, int width) {
    int found = -1;
    for (int i = 1; i + 1 < text.length() && (i <= width || found < 0); i++) {
      if (text.charAt(i) == ' ' && text.charAt(i - 1) != ' ' && text.charAt(i + 1) != ' ') {
        found = i;
      }
    }
    return found;
  }

  /** True where a scalar cannot stand in brackets without losing its author's lines. */
  static boolean isBlock(YamlNode.Scalar scalar) {
    return scalar.style() == Style.LITERAL || scalar.style() == Style.FOLDED;
  }
}
