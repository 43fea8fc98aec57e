package io.gat.server.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One change of a part of a document.
 *
 * @param what where it is and what, for people
 * @param now the part as changed
 */
record Mutation(String what, Object now) {
  /** The same change, seen from what holds the part. */
  Mutation in(String key, Map<String, Object> whole) {
    return new Mutation(key + ": " + what, PolicyTree.with(whole, key, now));
  }

  /** The same change, seen from the list that holds the part. */
  Mutation in(int at, String name, List<Object> whole) {
    return new Mutation(name + ": " + what, PolicyTree.with(whole, at, now));
  }

  /** Without a key, if it is there; it may be one that the language asks for. */
  static List<Mutation> drops(Map<String, Object> whole, String... keys) {
    List<Mutation> mutations = new ArrayList<>();
    for (String key : keys) {
      if (whole.containsKey(key)) {
        mutations.add(new Mutation("without " + key, PolicyTree.without(whole, key)));
      }
    }
    return mutations;
  }

  /** What becomes of one key, if it is there. */
  static List<Mutation> at(
      Map<String, Object> whole, String key, Function<Object, List<Mutation>> part) {
    Object value = whole.get(key);
    return value == null
        ? List.of()
        : part.apply(value).stream().map(mutation -> mutation.in(key, whole)).toList();
  }

  /** Without each of several items, and with another in its place. */
  static List<Mutation> items(Object value) {
    List<Object> items = PolicyTree.list(value);
    List<Mutation> mutations = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      String text = text(items.get(i));
      if (items.size() > 1) {
        mutations.add(new Mutation("without " + text, PolicyTree.without(items, i)));
      }
      mutations.add(new Mutation(text + " → another", PolicyTree.with(items, i, other(text))));
    }
    return mutations;
  }

  private static String other(String text) {
    return text.startsWith("/") ? "/mutated" + text : text + (isWord(text) ? "MUTATED" : "mutated");
  }

  private static boolean isWord(String text) {
    return text.chars().allMatch(c -> c >= 'A' && c <= 'Z');
  }

  /** With each of these that is not there yet. */
  static List<Mutation> additions(Object value, Iterable<String> candidates) {
    List<Object> items = PolicyTree.list(value);
    List<Mutation> mutations = new ArrayList<>();
    for (String candidate : candidates) {
      if (!items.contains(candidate)) {
        mutations.add(new Mutation("with " + candidate, PolicyTree.with(items, candidate)));
      }
    }
    return mutations;
  }

  /** A second more, and a second less; a span in other units is left as it is. */
  static List<Mutation> seconds(Object value) {
    String text = text(value);
    long seconds = Long.parseLong(text.substring(0, text.length() - 1)) * unit(text);
    return List.of(
        new Mutation(text + " + 1s", (seconds + 1) + "s"),
        new Mutation(text + " - 1s", (seconds - 1) + "s"));
  }

  private static long unit(String span) {
    return switch (span.charAt(span.length() - 1)) {
      case 's' -> 1;
      case 'm' -> 60;
      case 'h' -> 3600;
      default -> throw new IllegalArgumentException(span);
    };
  }

  static String text(Object value) {
    return value instanceof PolicyTree.Plain plain ? plain.text() : String.valueOf(value);
  }
}
