package io.gat.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A path such as {@code /v1/keys/{kid}/revoke}; a variable is one segment. Only paths without
 * percent-encoding match: what needs one is no name of anything here, and so nobody can read a path
 * differently than the policy does.
 */
final class PathTemplate implements Comparable<PathTemplate> {
  /** RFC 3986, section 3.3, without percent-encoding and without what joins parameters. */
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._~@:+-]{1,256}");

  private final String text;
  private final List<String> segments;

  PathTemplate(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException(text + ": a path starts with a slash");
    }
    this.text = text;
    this.segments = segments(text);
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  private static boolean isVariable(String segment) {
    return segment.startsWith("{") && segment.endsWith("}");
  }

  /** The variables' values; absent where the path is another one. */
  Optional<Map<String, String>> match(String rawPath) {
    if (!rawPath.startsWith("/")) {
      return Optional.empty();
    }
    List<String> sent = segments(rawPath);
    if (sent.size() != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < sent.size(); i++) {
      String expected = segments.get(i);
      String value = sent.get(i);
      if (isVariable(expected)) {
        if (!VALUE.matcher(value).matches() || value.equals(".") || value.equals("..")) {
          return Optional.empty();
        }
        values.put(expected.substring(1, expected.length() - 1), value);
      } else if (!expected.equals(value)) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  /** The more specific one first: a literal segment before a variable, from left to right. */
  @Override
  public int compareTo(PathTemplate other) {
    for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
      int order = Boolean.compare(isVariable(segments.get(i)), isVariable(other.segments.get(i)));
      if (order != 0) {
        return order;
      }
    }
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathTemplate template && template.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
