package io.gat.policy.compile;

import dev.cel.common.CelSourceLocation;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import java.util.Arrays;
import java.util.List;

/**
 * Finds where a character of a scalar's value stands in its file. Exact for quoted scalars on one
 * line, and for plain scalars and blocks on any number; otherwise the scalar's start.
 */
final class ScalarPlaces {
  private ScalarPlaces() {}

  /** CEL's line and column as an offset in code points. */
  static int offset(String text, CelSourceLocation location) {
    int line = 1;
    int start = 0;
    while (line < location.getLine()) {
      int next = text.indexOf('\n', start);
      if (next < 0) {
        return 0;
      }
      start = next + 1;
      line++;
    }
    return text.codePointCount(0, start) + Math.max(0, location.getColumn());
  }

  /** The place of the character at an offset in code points. */
  static Position of(Source source, YamlNode.Scalar node, int offset) {
    String text = node.text();
    int at = text.offsetByCodePoints(0, Math.min(offset, text.codePointCount(0, text.length())));
    return switch (node.style()) {
      case PLAIN ->
          single(text) && !isFolded(source, node)
              ? right(node, offset)
              : folded(source, node, node.position().line(), node.position().column() - 1, at);
      case SINGLE_QUOTED -> {
        long quotes = text.substring(0, at).chars().filter(c -> c == '\'').count();
        yield right(node, single(text) ? 1 + offset + (int) quotes : 0);
      }
      case DOUBLE_QUOTED ->
          right(node, doubleQuoted(line(source, node.position().line()), node, offset));
      case LITERAL -> literal(source, node, at);
      case FOLDED -> folded(source, node, node.position().line() + 1, 0, at);
    };
  }

  private static boolean single(String text) {
    return text.indexOf('\n') < 0;
  }

  private static Position right(YamlNode node, int columns) {
    Position start = node.position();
    return new Position(start.file(), start.line(), start.column() + columns);
  }

  private static int doubleQuoted(String line, YamlNode.Scalar node, int offset) {
    int start = node.position().column(); // after the quote, counted from 0
    int[] raw = line.codePoints().skip(start).toArray();
    int at = 0;
    for (int i = 0; i < offset && at < raw.length; i++) {
      int length = 1;
      if (raw[at] == '\\' && at + 1 < raw.length) {
        length =
            switch (raw[at + 1]) {
              case 'x' -> 4;
              case 'u' -> 6;
              case 'U' -> 10;
              default -> 2;
            };
      }
      at += length;
    }
    return at < raw.length ? 1 + at : 0;
  }

  /** True where a plain scalar's text does not stand as it is in its first line. */
  private static boolean isFolded(Source source, YamlNode.Scalar node) {
    int[] line = line(source, node.position().line()).codePoints().toArray();
    int[] text = node.text().codePoints().toArray();
    int start = node.position().column() - 1;
    return start + text.length > line.length
        || Arrays.mismatch(line, start, start + text.length, text, 0, text.length) >= 0;
  }

  /**
   * Folding changes nothing but white space, so the other characters before the place are the same
   * in the file as in the value. Where they are not, the value has been put together.
   *
   * @param number the line where the value begins
   * @param start where in it, counted from 0
   */
  private static Position folded(
      Source source, YamlNode.Scalar node, int number, int start, int at) {
    int[] before = solid(node.text().substring(0, at));
    int seen = 0;
    List<String> lines = source.text().lines().skip(number - 1L).toList();
    for (int i = 0; i < lines.size(); i++) {
      int[] line = lines.get(i).codePoints().toArray();
      for (int column = i == 0 ? start : 0; column < line.length; column++) {
        if (Character.isWhitespace(line[column])) {
          continue;
        }
        if (seen == before.length) {
          boolean same = at < node.text().length() && node.text().codePointAt(at) == line[column];
          return same
              ? new Position(node.position().file(), number + i, column + 1)
              : node.position();
        }
        if (before[seen] != line[column]) {
          return node.position();
        }
        seen++;
      }
    }
    return node.position();
  }

  private static int[] solid(String text) {
    return text.codePoints().filter(c -> !Character.isWhitespace(c)).toArray();
  }

  private static Position literal(Source source, YamlNode.Scalar node, int at) {
    String before = node.text().substring(0, at);
    int lineInBlock = (int) before.chars().filter(c -> c == '\n').count();
    int column = before.codePointCount(before.lastIndexOf('\n') + 1, before.length());
    int line = node.position().line() + 1 + lineInBlock;
    String valueLine = node.text().lines().skip(lineInBlock).findFirst().orElse("");
    int indent = line(source, line).indexOf(valueLine);
    return indent < 0
        ? node.position()
        : new Position(node.position().file(), line, indent + column + 1);
  }

  private static String line(Source source, int number) {
    List<String> lines = source.text().lines().skip(number - 1L).limit(1).toList();
    return lines.isEmpty() ? "" : lines.getFirst();
  }
}
