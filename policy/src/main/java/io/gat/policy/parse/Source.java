package io.gat.policy.parse;

import java.util.Objects;

/**
 * A policy file's text.
 *
 * @param file the file as the user named it
 * @param text what it holds
 */
public record Source(String file, String text) {
  public Source {
    Objects.requireNonNull(file);
    Objects.requireNonNull(text);
  }
}
