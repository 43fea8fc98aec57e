package io.gat.policy.parse;

import java.util.Objects;

/**
 * The text of one file.
 *
 * @param file the file as the user named it
 */
public record Source(String file, String text) {
  public Source {
    Objects.requireNonNull(file);
    Objects.requireNonNull(text);
  }
}
