package io.gat.decide.explain;

import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

/** How values are written in explanations. */
final class Wording {
  private static final int LONGEST = 160;

  private Wording() {}

  /** Between backticks, cut where it is long. */
  static String quoted(String text) {
    return "`" + cut(text) + "`";
  }

  /** Each quoted, with commas. */
  static String quoted(Collection<String> texts) {
    return texts.stream().map(Wording::quoted).collect(Collectors.joining(", "));
  }

  /** What is too long to read ends in an ellipsis. */
  static String cut(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end) + "…";
  }

  /** In the largest unit that leaves no rest, from hours to milliseconds; never negative. */
  static String duration(Duration duration) {
    Duration length = duration.abs();
    if (length.isZero()) {
      return "0 s";
    }
    long millis = length.toMillis();
    if (millis % 1_000 != 0) {
      return millis + " ms";
    }
    long seconds = length.toSeconds();
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
