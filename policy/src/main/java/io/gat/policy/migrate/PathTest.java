package io.gat.policy.migrate;

import io.gat.policy.migrate.PathPattern.Part;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A test of a request's path. */
sealed interface PathTest {
  /** One of a few patterns. */
  record OneOf(List<PathPattern> patterns) implements PathTest {
    public OneOf {
      patterns = List.copyOf(patterns);
    }
  }

  /**
   * Every path that starts with a text which does not end a segment: {@code /info} starts {@code
   * /information}, too.
   *
   * @param whole the paths in which the text is whole segments
   * @param room the smallest pattern with all of its paths
   */
  record StartsWith(String text, PathPattern whole, PathPattern room) implements PathTest {}

  /** Every path that ends with a text. */
  record EndsWith(String text) implements PathTest {}

  /** Every path in which a regular expression (RE2) is found. */
  record Matches(String regex) implements PathTest {}

  /** Every path that starts with a text; empty where no clear path does, or gat cannot say it. */
  static Optional<PathTest> startsWith(String text) {
    if (text.equals("/")) {
      return Optional.of(new OneOf(List.of(PathPattern.EVERY)));
    }
    Optional<PathPattern> start = PathPattern.exact(text);
    if (start.isEmpty()) {
      return Optional.empty();
    }
    if (text.endsWith("/")) {
      PathPattern folder = start.get().parent();
      return Optional.of(
          new OneOf(List.of(start.get(), folder.then(new Part.One()).then(new Part.Rest()))));
    }
    PathPattern room = start.get().parent().then(new Part.One()).then(new Part.Rest());
    return Optional.of(new StartsWith(text, start.get().then(new Part.Rest()), room));
  }

  /** The patterns that rules need so that {@link #at} can tell. */
  default List<PathPattern> patterns() {
    return switch (this) {
      case OneOf one -> one.patterns();
      case StartsWith start -> List.of(start.whole(), start.room());
      case EndsWith end -> List.of(PathPattern.EVERY);
      case Matches matches -> List.of(PathPattern.EVERY);
    };
  }

  /**
   * What the test comes to for the paths that a pattern owns, in a set of patterns that has all of
   * {@link #patterns} and with any two patterns what they have in common: there, a path that one of
   * the patterns matches is owned by that pattern or by a part of it.
   */
  default Formula at(PathPattern owner) {
    return switch (this) {
      case OneOf one -> Formula.of(one.patterns().stream().anyMatch(p -> p.covers(owner)));
      case StartsWith start -> {
        String common = owner.commonStart();
        if (common.startsWith(start.text())) {
          yield Formula.TRUE;
        }
        boolean possible =
            owner.onlyPath().isEmpty()
                && start.room().covers(owner)
                && start.text().startsWith(common);
        yield possible ? call("startsWith", start.text()) : Formula.FALSE;
      }
      case EndsWith end ->
          owner
              .onlyPath()
              .map(path -> Formula.of(path.endsWith(end.text())))
              .orElseGet(() -> call("endsWith", end.text()));
      case Matches matches -> call("matches", matches.regex());
    };
  }

  private static Formula call(String function, String text) {
    return Formula.cel("request.path." + function + "(" + Cel.text(text) + ")");
  }

  /**
   * The patterns and whatever any two of them have in common; empty where that is too many.
   *
   * @param most how many there may be
   */
  static Optional<List<PathPattern>> closed(Iterable<PathPattern> patterns, int most) {
    Set<PathPattern> known = new LinkedHashSet<>();
    patterns.forEach(known::add);
    List<PathPattern> closed = new ArrayList<>(known);
    for (int i = 0; i < closed.size(); i++) {
      for (int j = 0; j < i; j++) {
        Optional<PathPattern> common = closed.get(i).intersect(closed.get(j));
        if (common.isPresent() && known.add(common.get())) {
          closed.add(common.get());
        }
      }
      if (closed.size() > most) {
        return Optional.empty();
      }
    }
    return Optional.of(List.copyOf(closed));
  }
}
