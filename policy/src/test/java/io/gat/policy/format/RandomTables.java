package io.gat.policy.format;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Writes random test files: tables whose rows are in braces, spaced and broken as it comes. */
final class RandomTables {
  private final Random random;
  private final StringBuilder out = new StringBuilder();
  private final List<String> comments = new ArrayList<>();
  private int braces;

  RandomTables(long seed) {
    this.random = new Random(seed);
  }

  /**
   * A file.
   *
   * @param braces how many rows of {@code cases} are in braces
   */
  record File(String text, List<String> comments, long braces) {}

  File next() {
    out.append("version: gat/v1\ntests: t\n");
    if (random.nextBoolean()) {
      out.append("requests:\n");
      for (int i = random.nextInt(3); i >= 0; i--) {
        ownLine("  ");
        out.append("  r").append(i).append(": ").append(row(false)).append(beside()).append('\n');
      }
    }
    out.append("cases:\n");
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      ownLine("  ");
      if (random.nextInt(4) == 0) {
        out.append("  - name: ").append(word()).append(beside()).append("\n    expect: ok\n");
      } else {
        braces++;
        out.append("  - ").append(row(true)).append(beside()).append('\n');
      }
    }
    return new File(out.toString(), List.copyOf(comments), braces);
  }

  private String row(boolean named) {
    List<String> entries = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      entries.add("k" + i + ":" + " ".repeat(1 + random.nextInt(2)) + value(2));
    }
    if (named) {
      entries.add("name: " + word());
      Collections.shuffle(entries, random);
    }
    return braces(entries, "{", "}");
  }

  private String value(int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 6)) {
      case 0 -> "'" + word() + ": " + word() + "'";
      case 1 -> random.nextInt(8) == 0 ? "WIDE" + "x".repeat(130) : "ok";
      case 2 -> word();
      case 3 -> braces(List.of(value(depth - 1), value(depth - 1)), "[", "]");
      case 4 -> braces(List.of("a: " + value(depth - 1), "b: 1"), "{", "}");
      default -> random.nextBoolean() ? "{}" : "[]";
    };
  }

  private String braces(List<String> items, String open, String close) {
    StringBuilder text = new StringBuilder(open);
    for (int i = 0; i < items.size(); i++) {
      text.append(i == 0 ? "" : ",").append(gap()).append(items.get(i));
    }
    return text.append(random.nextInt(6) == 0 ? "," : "").append(gap()).append(close).toString();
  }

  private String gap() {
    return switch (random.nextInt(12)) {
      case 0 -> "\n      ";
      case 1 -> "   ";
      default -> " ";
    };
  }

  private String word() {
    String letters = "abcdefgh";
    return letters.substring(random.nextInt(3), 4 + random.nextInt(4))
        + (random.nextInt(3) == 0 ? " and more of it" : "");
  }

  private void ownLine(String indent) {
    if (random.nextInt(6) == 0) {
      out.append(random.nextBoolean() ? "\n" : "").append(indent).append(comment()).append('\n');
    }
  }

  private String beside() {
    return random.nextInt(6) == 0 ? " " + comment() : "";
  }

  private String comment() {
    String text = "# c" + comments.size() + " {x: [";
    comments.add(text);
    return text;
  }
}
