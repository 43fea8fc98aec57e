package io.gat.policy.migrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A set of paths that one of gat's templates matches.
 *
 * @param parts one for each segment; a {@link Part.Rest} only as the last
 */
record PathPattern(List<Part> parts) {
  PathPattern {
    parts = List.copyOf(parts);
  }

  /** Every path. */
  static final PathPattern EVERY = new PathPattern(List.of(new Part.Rest()));

  /** What one segment must be. */
  sealed interface Part {
    /** This text; empty only as the last part, for a trailing slash. */
    record Literal(String text) implements Part {}

    /** Any one segment that is not empty. */
    record One() implements Part {}

    /** Zero or more segments. */
    record Rest() implements Part {}
  }

  /** The one path that reads so, decoded; empty where no clear path does. */
  static Optional<PathPattern> exact(String path) {
    if (!path.startsWith("/") || path.length() > 2000) {
      return Optional.empty();
    }
    List<String> segments = Arrays.asList(path.substring(1).split("/", -1));
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      boolean inner = segment.isEmpty() && i < segments.size() - 1;
      if (inner || segment.equals(".") || segment.equals("..") || !isClear(segment)) {
        return Optional.empty();
      }
      parts.add(new Part.Literal(segment));
    }
    return parts.size() > 90 ? Optional.empty() : Optional.of(new PathPattern(parts));
  }

  // What a template cannot say, no clear path has either, except braces and stars.
  private static boolean isClear(String segment) {
    return segment.chars().allMatch(c -> c > ' ' && c < 0x7f && "{}*%?#;\\".indexOf(c) < 0);
  }

  /** This pattern with a further part. */
  PathPattern then(Part part) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    return new PathPattern(more);
  }

  /** This pattern without its last part. */
  PathPattern parent() {
    return new PathPattern(parts.subList(0, parts.size() - 1));
  }

  /** The only path of the set; empty where there are several. */
  Optional<String> onlyPath() {
    StringBuilder path = new StringBuilder();
    for (Part part : parts) {
      if (!(part instanceof Part.Literal literal)) {
        return Optional.empty();
      }
      path.append('/').append(literal.text());
    }
    return Optional.of(path.toString());
  }

  /** What each of its paths starts with. */
  String commonStart() {
    StringBuilder start = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Literal literal -> start.append('/').append(literal.text());
        case Part.One one -> {
          return start.append('/').toString();
        }
        case Part.Rest rest -> {
          return start.toString();
        }
      }
    }
    return start.toString();
  }

  /** True where each path of the other is one of this. */
  boolean covers(PathPattern other) {
    return intersect(other).equals(Optional.of(other));
  }

  /** The paths of both; empty where there is none. */
  Optional<PathPattern> intersect(PathPattern other) {
    List<Part> common = new ArrayList<>();
    for (int i = 0; ; i++) {
      boolean thisEnds = i == parts.size();
      boolean otherEnds = i == other.parts.size();
      if (!thisEnds && parts.get(i) instanceof Part.Rest) {
        common.addAll(other.parts.subList(i, other.parts.size()));
        return Optional.of(new PathPattern(common));
      }
      if (!otherEnds && other.parts.get(i) instanceof Part.Rest) {
        common.addAll(parts.subList(i, parts.size()));
        return Optional.of(new PathPattern(common));
      }
      if (thisEnds || otherEnds) {
        return thisEnds && otherEnds ? Optional.of(new PathPattern(common)) : Optional.empty();
      }
      Optional<Part> part = common(parts.get(i), other.parts.get(i));
      if (part.isEmpty()) {
        return Optional.empty();
      }
      common.add(part.get());
    }
  }

  private static Optional<Part> common(Part a, Part b) {
    if (a.equals(b)) {
      return Optional.of(a);
    }
    Part other = a instanceof Part.One ? b : a;
    boolean one = a instanceof Part.One || b instanceof Part.One;
    return one && other instanceof Part.Literal literal && !literal.text().isEmpty()
        ? Optional.of(other)
        : Optional.empty();
  }

  /** The template that matches just these paths. */
  String template() {
    StringBuilder text = new StringBuilder();
    int variables = 0;
    for (Part part : parts) {
      text.append('/');
      switch (part) {
        case Part.Literal literal -> text.append(literal.text());
        case Part.One one -> text.append("{p").append(++variables).append('}');
        case Part.Rest rest -> text.append("{rest=**}");
      }
    }
    return text.toString();
  }
}
