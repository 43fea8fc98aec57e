package io.gat.policy.parse;

import java.util.Objects;

/**
 * Something that a person must mend in a file.
 *
 * @param id which kind of problem
 * @param position where
 * @param endColumn where it ends in that line, exclusive, in (column, ∞)
 * @param path the key path from the document's root, such as {@code rules[2].methods}; may be empty
 * @param message what is wrong, one line, without a full stop
 * @param remedy what to do, one line; may be empty where the message says it all
 */
public record Problem(
    ProblemId id, Position position, int endColumn, String path, String message, String remedy) {
  public Problem {
    Objects.requireNonNull(id);
    Objects.requireNonNull(position);
    Objects.requireNonNull(path);
    Objects.requireNonNull(message);
    Objects.requireNonNull(remedy);
    if (endColumn <= position.column()) {
      throw new IllegalArgumentException("a problem is at least one character long");
    }
  }

  /** A problem of whose place only the start is known. */
  public Problem(ProblemId id, Position position, String path, String message, String remedy) {
    this(id, position, position.column() + 1, path, message, remedy);
  }

  /** A problem with a value; of the texts, control characters become spaces. */
  public static Problem of(ProblemId id, YamlNode node, String message, String remedy) {
    return of(id, node.position(), node.endColumn(), node.path(), message, remedy);
  }

  /** A problem with a part of a value or with a key; nothing is underlined by one character. */
  public static Problem of(
      ProblemId id, Position at, int endColumn, String path, String message, String remedy) {
    int end = Math.max(endColumn, at.column() + 1);
    return new Problem(id, at, end, printable(path), printable(message), printable(remedy));
  }

  // A message may quote what the file says, and stays one readable line whatever that is.
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) || c == 0x2028 ? ' ' : c));
    return out.toString();
  }

  public Severity severity() {
    return id.severity();
  }

  /** One line: {@code file:line:column: path: message; remedy}. */
  @Override
  public String toString() {
    return position
        + ": "
        + (path.isEmpty() ? "" : path + ": ")
        + message
        + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
