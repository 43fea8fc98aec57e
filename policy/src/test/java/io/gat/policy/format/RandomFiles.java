package io.gat.policy.format;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Writes random files that compile, each in a form of its own: keys in any order, blocks and
 * brackets, any quotes, any indentation, and comments wherever YAML lets them stand.
 */
final class RandomFiles {
  private final Random random;
  private final StringBuilder out = new StringBuilder();
  private final List<String> comments = new ArrayList<>();
  private int deepest = Integer.MAX_VALUE;

  RandomFiles(long seed) {
    this.random = new Random(seed);
  }

  /** A file's text with the comments that it has. */
  record File(String text, List<String> comments) {}

  File next() {
    int documents = 1 + random.nextInt(3);
    for (int i = 0; i < documents; i++) {
      if (i > 0 || random.nextInt(4) == 0) {
        ownLines(0);
        deepest = Integer.MAX_VALUE;
        out.append("---").append(beside()).append('\n');
      }
      document(i);
      if (random.nextInt(5) == 0) {
        ownLines(0);
        deepest = Integer.MAX_VALUE;
        out.append("...").append(beside()).append('\n');
      }
    }
    ownLines(0);
    return new File(out.toString(), List.copyOf(comments));
  }

  private void document(int number) {
    boolean service = random.nextInt(3) > 0;
    List<Runnable> parts = new ArrayList<>();
    parts.add(() -> entry(0, "version", "gat/v1"));
    parts.add(() -> rules(service));
    if (service) {
      parts.add(() -> entry(0, "service", "s" + number));
      parts.add(() -> list(0, "audience", List.of("a", "b:c", "d-" + "x".repeat(90))));
      parts.add(() -> list(0, "hosts", List.of("h" + number + ".example", "*.w" + number)));
      if (random.nextBoolean()) {
        parts.add(() -> entry(0, "credential", "txn-token"));
      }
    } else {
      parts.add(() -> entry(0, "issuance", "i" + number));
    }
    shuffled(parts);
  }

  private void shuffled(List<Runnable> parts) {
    Collections.shuffle(parts, random);
    parts.forEach(Runnable::run);
  }

  private void rules(boolean service) {
    ownLines(0);
    out.append("rules:").append(beside()).append('\n');
    int indent = random.nextInt(4);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      ownLines(indent);
      int number = i;
      if (random.nextInt(4) == 0) {
        pad(indent);
        out.append(
            service
                ? "- {deny: " + flag() + ", paths: [/f" + i + ", '/g/{x}/" + i + "'], name: r" + i
                : "- {scopes: s, audiences: [x, \"y\"], principals: k8s:a/b, name: r" + i);
        out.append('}').append(beside()).append('\n');
        continue;
      }
      List<Runnable> parts = new ArrayList<>();
      int inner = indent + 2 + random.nextInt(3);
      parts.add(() -> entry(inner, "name", "r" + number));
      if (service) {
        parts.add(
            () ->
                list(inner, "paths", List.of("/p" + number, "/q/{id}/" + number, "/ü x" + number)));
        parts.add(() -> list(inner, "scopes", List.of("a:b", "c", "-")));
        parts.add(() -> list(inner, "methods", List.of("GET", "HEAD", "POST")));
        parts.add(() -> condition(inner));
      } else {
        parts.add(() -> list(inner, "principals", List.of("k8s:a/b", "spiffe://d/e#f")));
        parts.add(() -> list(inner, "audiences", List.of("a", "null")));
        parts.add(() -> list(inner, "scopes", List.of("true", "1", "c")));
        parts.add(() -> entry(inner, "max-ttl", "60s"));
      }
      int start = out.length();
      shuffled(parts);
      dash(start, indent, inner);
    }
  }

  /** Puts the dash before the rule's first key, if nothing stands before that; else above it. */
  private void dash(int start, int indent, int inner) {
    String rule = out.substring(start);
    boolean first =
        !rule.isBlank() && rule.startsWith(" ".repeat(inner)) && rule.charAt(inner) > '#';
    if (first) {
      out.replace(start, start + indent + 1, " ".repeat(indent) + "-");
    } else {
      out.insert(start, " ".repeat(indent) + "-\n");
    }
  }

  private String flag() {
    return random.nextBoolean() ? "true" : "false";
  }

  private void entry(int indent, String key, String value) {
    ownLines(indent);
    pad(indent);
    out.append(key).append(':').append(" ".repeat(1 + random.nextInt(3)));
    out.append(quoted(value)).append(beside()).append('\n');
  }

  private void condition(int indent) {
    ownLines(indent);
    pad(indent);
    out.append("when:");
    String deep = "\n" + " ".repeat(indent + 1 + random.nextInt(3));
    int form = random.nextInt(5);
    switch (form) {
      case 0 -> out.append(" token.client == 'a'").append(beside());
      case 1 -> out.append(" |").append(beside()).append(deep).append("token.client == 'a' &&");
      case 2 -> out.append(" >-").append(beside()).append(deep).append("token.client == 'a' &&");
      case 3 -> out.append(" \"token.client == 'a' &&");
      default -> out.append(" token.client == 'a' &&");
    }
    if (form > 0) {
      String more = "token.claims.x in ['" + "y".repeat(random.nextInt(60)) + "', '#z']";
      out.append(deep).append(more).append(" ||").append(deep).append("token.subject == '#'");
      // Deeper, a comment would be a part of the text.
      deepest = form == 3 ? deepest : indent;
      out.append(form == 3 ? "\"" + beside() : "");
    }
    out.append('\n');
  }

  private void list(int indent, String key, List<String> all) {
    List<String> items = new ArrayList<>(all.subList(0, 1 + random.nextInt(all.size())));
    Collections.shuffle(items, random);
    ownLines(indent);
    pad(indent);
    out.append(key).append(':');
    switch (random.nextInt(3)) {
      case 0 -> {
        out.append(" [");
        for (String item : items) {
          flowBreak(indent + 1);
          String quoted = quoted(item);
          out.append(item.matches("[A-Za-z0-9:/.]+") ? quoted : '"' + item + '"');
          flowBreak(indent + 1);
          out.append(", ");
        }
        flowBreak(indent + 1);
        out.append(']').append(beside()).append('\n');
      }
      case 1 -> out.append(' ').append(quoted(items.getFirst())).append(beside()).append('\n');
      default -> {
        out.append(beside()).append('\n');
        int inner = indent + random.nextInt(3);
        for (String item : items) {
          ownLines(inner);
          pad(inner);
          out.append("- ").append(quoted(item)).append(beside()).append('\n');
        }
      }
    }
  }

  private void flowBreak(int indent) {
    if (random.nextInt(6) == 0) {
      out.append(beside()).append('\n');
      ownLines(indent);
      pad(indent);
    }
  }

  private String quoted(String text) {
    return switch (text.matches("[a-zA-Z0-9][a-zA-Z0-9:./-]*") && !text.matches("true|null|1")
        ? random.nextInt(3)
        : random.nextInt(2)) {
      case 0 -> '"' + text + '"';
      case 1 -> "'" + text + "'";
      default -> text;
    };
  }

  private void ownLines(int indent) {
    for (int n = random.nextInt(8) - 5; n > 0; n--) {
      if (random.nextBoolean()) {
        out.append(" ".repeat(random.nextInt(3))).append('\n');
      }
      int column = Math.min(deepest, random.nextInt(3) > 0 ? indent : random.nextInt(9));
      out.append(" ".repeat(column)).append(comment()).append('\n');
    }
  }

  private String beside() {
    return random.nextInt(5) == 0 ? " ".repeat(1 + random.nextInt(3)) + comment() : "";
  }

  private String comment() {
    String text = "#" + (random.nextBoolean() ? " " : "") + "c" + comments.size() + " 'x: [\"#";
    comments.add(text);
    return text;
  }

  private void pad(int indent) {
    deepest = Integer.MAX_VALUE;
    out.append(" ".repeat(indent));
  }
}
