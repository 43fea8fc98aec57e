package io.gat.policy.parse;

import java.util.Objects;

/**
 * Something that a person must mend in a file.
 *
 * @param position where
 * @param path the key path from the document's root, such as {@code rules[2].methods}; may be empty
 * @param message what is wrong, one line, without a full stop
 * @param remedy what to do, one line; may be empty where the message says it all
 */
public record Problem(Position position, String path, String message, String remedy) {
  public Problem {
    Objects.requireNonNull(position);
    Objects.requireNonNull(path);
    Objects.requireNonNull(message);
    Objects.requireNonNull(remedy);
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
