package io.gat.token;

import java.util.Objects;
import java.util.Optional;

/**
 * What a foreign claim has to say: a text, whole and exactly; or one in which {@code *} stands for
 * one whole segment that is not empty, between {@code :} or {@code /} or an end. It never reaches
 * over a separator, so that who may choose one part of a claim (a branch, a repository's name) can
 * never write into the next part.
 *
 * @param text as written; {@link #problem} finds nothing wrong with it
 */
public record ClaimPattern(String text) {
  private static final int MAX_LENGTH = 512;

  public ClaimPattern {
    Objects.requireNonNull(text);
    problem(text)
        .ifPresent(
            what -> {
              throw new IllegalArgumentException(what.message());
            });
  }

  /** Why a text is no pattern, and what to write. */
  public record Unsafe(String message, String remedy) {}

  /** Why a text may not be a pattern; empty where it may. */
  public static Optional<Unsafe> problem(String text) {
    if (text.isBlank() || text.length() > MAX_LENGTH) {
      return unsafe("it is empty or longer than " + MAX_LENGTH + " characters", "write the text");
    }
    if (!text.strip().equals(text) || text.chars().anyMatch(Character::isISOControl)) {
      return unsafe("it has blanks around it or control characters", "write the text alone");
    }
    if (text.contains(".*") || text.contains(".+") || has(text, "^$\\[]{}")) {
      return unsafe(
          "it looks like a regular expression or a template, and is none",
          "write the exact text, or `*` for one whole segment: repo:acme/*:ref:refs/heads/main");
    }
    for (int star = text.indexOf('*'); star >= 0; star = text.indexOf('*', star + 1)) {
      if (!isWholeSegment(text, star)) {
        return unsafe(
            "`*` stands for one whole segment between `:` or `/`, not for a part of one",
            "write the segment out, or `*` alone in its place");
      }
    }
    return Optional.empty();
  }

  private static boolean isWholeSegment(String text, int star) {
    return (star == 0 || isSeparator(text.charAt(star - 1)))
        && (star + 1 == text.length() || isSeparator(text.charAt(star + 1)));
  }

  private static boolean has(String text, String characters) {
    return text.chars().anyMatch(c -> characters.indexOf(c) >= 0);
  }

  private static Optional<Unsafe> unsafe(String message, String remedy) {
    return Optional.of(new Unsafe(message, remedy));
  }

  private static boolean isSeparator(char c) {
    return c == ':' || c == '/';
  }

  /** True where there is no {@code *} in it. */
  public boolean isExact() {
    return text.indexOf('*') < 0;
  }

  /** How many segments stand before the first {@code *}; all of them where there is none. */
  public int fixedSegments() {
    int segments = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '*') {
        return segments;
      }
      if (isSeparator(text.charAt(i))) {
        segments++;
      }
    }
    return segments + 1;
  }

  /** True where the claim's whole value is meant. */
  public boolean matches(String value) {
    int v = 0;
    int t = 0;
    while (t < text.length() && v < value.length()) {
      if (text.charAt(t) == '*') {
        int start = v;
        while (v < value.length() && !isSeparator(value.charAt(v))) {
          v++;
        }
        if (v == start) {
          return false;
        }
        t++;
      } else if (text.charAt(t++) != value.charAt(v++)) {
        return false;
      }
    }
    return t == text.length() && v == value.length();
  }
}
