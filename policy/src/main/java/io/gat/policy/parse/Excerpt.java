package io.gat.policy.parse;

/**
 * A problem as a person reads it: what is wrong, then the line of the text where it is, with the
 * place underlined, then what to do.
 *
 * <pre>
 * orders.yaml:6:18: error: rules[0].metods: unknown key `metods` [unknown-key]
 *   6 |   - {name: read, metods: [GET]}
 *     |                  ^^^^^^
 *     = did you mean `methods`?
 * </pre>
 */
public final class Excerpt {
  /** How much of a line is shown, in characters; of a longer one, the part around the place. */
  private static final int WIDTH = 100;

  private Excerpt() {}

  /** Several lines, each with a line feed at its end. */
  public static String of(Problem problem, Source source) {
    StringBuilder out = new StringBuilder(head(problem));
    Position at = problem.position();
    String margin = " ".repeat(Integer.toString(at.line()).length() + 2);
    int[] line = line(source.text(), at.line());
    // Of an empty text there is nothing to show.
    if (line.length > 0 || at.line() > 1) {
      int start = Math.min(at.column() - 1, line.length);
      int end = Math.max(start + 1, Math.min(problem.endColumn() - 1, line.length));
      int from = line.length <= WIDTH ? 0 : Math.max(0, Math.min(start - 20, line.length - WIDTH));
      int to = Math.min(line.length, from + WIDTH);
      String before = from > 0 ? "…" : "";
      out.append("  ").append(at.line()).append(" | ").append(before);
      String shown = visible(line, from, to).stripTrailing();
      out.append(shown).append(to < line.length ? "…" : "").append('\n');
      int length = Math.max(1, Math.min(end, Math.max(to, start + 1)) - start);
      out.append(margin).append(" | ").append(" ".repeat(before.length() + start - from));
      out.append("^".repeat(length)).append('\n');
    }
    if (!problem.remedy().isEmpty()) {
      out.append(margin).append(" = ").append(problem.remedy()).append('\n');
    }
    return out.toString();
  }

  /** A problem without a text, such as one with a file that is not there. */
  public static String of(Problem problem) {
    String remedy = problem.remedy().isEmpty() ? "" : "   = " + problem.remedy() + "\n";
    return head(problem) + remedy;
  }

  private static String head(Problem problem) {
    int[] text =
        (problem.position()
                + ": "
                + problem.severity().word()
                + ": "
                + (problem.path().isEmpty() ? "" : problem.path() + ": ")
                + problem.message()
                + " ["
                + problem.id().id()
                + "]")
            .codePoints()
            .toArray();
    return visible(text, 0, text.length) + "\n";
  }

  private static int[] line(String text, int number) {
    String content = text.startsWith("\ufeff") ? text.substring(1) : text;
    return content
        .lines()
        .skip(number - 1L)
        .findFirst()
        .map(line -> line.codePoints().toArray())
        .orElse(new int[0]);
  }

  // One column for one character, and nothing that could steer a terminal.
  private static String visible(int[] line, int from, int to) {
    StringBuilder out = new StringBuilder();
    for (int i = from; i < to; i++) {
      int c = line[i];
      int type = Character.getType(c);
      if (c == '\t') {
        out.append(' ');
      } else if (Character.isISOControl(c)
          || type == Character.FORMAT
          || type == Character.SURROGATE
          || type == Character.LINE_SEPARATOR
          || type == Character.PARAGRAPH_SEPARATOR) {
        out.append('\ufffd');
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }
}
