package io.gat.policy.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A path template such as {@code /v1/files/{rest=**}}, in its parts.
 *
 * @param text as written
 * @param parts one for each segment; a {@link Part.Rest} only as the last
 */
public record PathTemplate(String text, List<Part> parts) {
  public PathTemplate {
    Objects.requireNonNull(text);
    parts = List.copyOf(parts);
    for (int i = 0; i < parts.size() - 1; i++) {
      if (parts.get(i) instanceof Part.Rest) {
        throw new IllegalArgumentException("{x=**} stands last");
      }
    }
  }

  /** What one segment of a path must be. */
  public sealed interface Part {
    /** This text; empty only as the last part, for a trailing slash. */
    record Literal(String text) implements Part {}

    /** Any one segment that is not empty. */
    record Single(String name) implements Part {}

    /** Zero or more segments. */
    record Rest(String name) implements Part {}
  }

  /** The names of its variables. */
  public Set<String> variables() {
    Set<String> names = new LinkedHashSet<>();
    for (Part part : parts) {
      switch (part) {
        case Part.Literal literal -> {}
        case Part.Single single -> names.add(single.name());
        case Part.Rest rest -> names.add(rest.name());
      }
    }
    return names;
  }

  /**
   * The values of its variables in a path that it matches.
   *
   * @param segments the path's
   */
  public Map<String, String> bind(List<String> segments) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      switch (parts.get(i)) {
        case Part.Literal literal -> {}
        case Part.Single single -> values.put(single.name(), segments.get(i));
        case Part.Rest rest ->
            values.put(rest.name(), String.join("/", segments.subList(i, segments.size())));
      }
    }
    return values;
  }

  /**
   * What decides which paths it matches: two templates that differ only in the names of their
   * variables have the same shape.
   */
  public List<String> shape(LiteralCase literals) {
    List<String> shape = new ArrayList<>();
    for (Part part : parts) {
      shape.add(
          switch (part) {
            case Part.Literal literal -> "=" + literals.key(literal.text());
            case Part.Single single -> "*";
            case Part.Rest rest -> "**";
          });
    }
    return List.copyOf(shape);
  }
}
