package io.gat.policy.parse;

import java.util.Objects;

/**
 * A place in a text.
 *
 * @param file the file as the user named it
 * @param line in [1, ∞)
 * @param column in [1, ∞), in characters
 */
public record Position(String file, int line, int column) {
  public Position {
    Objects.requireNonNull(file);
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("line and column count from 1");
    }
  }

  /** {@code file:line:column}, which editors and terminals turn into a link. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
