package io.gat.policy.migrate;

import io.gat.policy.migrate.AuthorinoSelector.Query;
import io.gat.policy.migrate.PathPattern.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression that Authorino looks for in a path. The few forms that most are written in
 * become patterns; others stay expressions, which meet the path as gat sees it: decoded and without
 * its query.
 */
final class PathRegex {
  private static final String ANY = "[^/]+";
  private static final Pattern FORM =
      Pattern.compile(
          "\\^((?:/(?:(?:[A-Za-z0-9_~-]|\\\\[.-])+|\\[\\^/]\\+)?)+?)"
              + "(\\(/\\.\\*\\)\\?\\$|\\(/\\.\\*\\)\\?|\\.\\*\\$|\\.\\*|\\$|)");
  private static final Formula NO_QUERY = Formula.cel("size(request.query) == 0");
  private static final Formula ANY_QUERY = Formula.cel("size(request.query) > 0");
  // Where a path has only these, it reads the same encoded and decoded.
  private static final Formula UNENCODED =
      Formula.cel("request.path.matches('^[A-Za-z0-9._~/-]*$')");

  private PathRegex() {}

  /**
   * The test.
   *
   * @param query whether the source looks for it in the path with its query
   */
  static Formula find(String regex, Query query, Bound bound) {
    Matcher matcher = FORM.matcher(regex);
    Optional<Formula> form =
        matcher.matches()
            ? form(matcher.group(1), matcher.group(2), query, bound)
            : Optional.empty();
    return form.orElseGet(
        () -> {
          Formula found = new Formula.Place(new PathTest.Matches(regex));
          return switch (bound) {
            case INNER ->
                Formula.all(found, UNENCODED, query == Query.WITH ? NO_QUERY : Formula.TRUE);
            case OUTER ->
                Formula.any(
                    found, Formula.not(UNENCODED), query == Query.WITH ? ANY_QUERY : Formula.FALSE);
          };
        });
  }

  /** A path that is this text. */
  static Optional<Formula> equal(String path, Query query, Bound bound) {
    return PathPattern.exact(path)
        .map(
            pattern ->
                query == Query.WITH && bound == Bound.INNER
                    ? Formula.all(one(pattern), NO_QUERY)
                    : one(pattern));
  }

  private static Optional<Formula> form(String start, String end, Query query, Bound bound) {
    List<Part> parts = new ArrayList<>();
    for (String segment : start.replace(ANY, "*").substring(1).split("/", -1)) {
      parts.add(segment.equals("*") ? new Part.One() : new Part.Literal(segment.replace("\\", "")));
    }
    for (int i = 0; i < parts.size() - 1; i++) {
      if (parts.get(i).equals(new Part.Literal(""))) {
        return Optional.empty();
      }
    }
    PathPattern pattern = new PathPattern(parts);
    boolean variable = parts.contains(new Part.One());
    boolean folder = parts.getLast().equals(new Part.Literal(""));
    return switch (end) {
      case "$" -> Optional.of(whole(one(pattern), pattern, query, bound));
      case "(/.*)?$" ->
          folder ? Optional.empty() : Optional.of(tree(pattern, variable, query, bound));
      default -> {
        if (variable && !(parts.getLast() instanceof Part.One)) {
          yield Optional.empty();
        }
        yield variable
            ? Optional.of(beyond(one(pattern.then(new Part.Rest())), pattern, query, bound))
            : pattern.onlyPath().flatMap(PathTest::startsWith).map(Formula.Place::new);
      }
    };
  }

  /** What is anchored at its end: a query stands between. */
  private static Formula whole(Formula test, PathPattern pattern, Query query, Bound bound) {
    return query == Query.WITH && bound == Bound.INNER
        ? Formula.all(test, NO_QUERY)
        : beyond(test, pattern, query, bound);
  }

  /** A path and all below it. */
  private static Formula tree(PathPattern root, boolean variable, Query query, Bound bound) {
    Formula all = one(root.then(new Part.Rest()));
    if (query == Query.WITH && bound == Bound.INNER && !variable) {
      Formula below =
          new Formula.Place(
              new PathTest.OneOf(
                  List.of(
                      root.then(new Part.Literal("")),
                      root.then(new Part.One()).then(new Part.Rest()))));
      return Formula.any(below, Formula.all(one(root), NO_QUERY));
    }
    return whole(all, root, query, bound);
  }

  /** Adds what a variable may find in the query. */
  private static Formula beyond(Formula test, PathPattern pattern, Query query, Bound bound) {
    boolean variable = pattern.parts().contains(new Part.One());
    if (!variable || query == Query.WITHOUT || bound == Bound.INNER) {
      return test;
    }
    Formula start =
        PathTest.startsWith(pattern.commonStart())
            .<Formula>map(Formula.Place::new)
            .orElse(Formula.TRUE);
    return Formula.any(test, Formula.all(start, ANY_QUERY));
  }

  private static Formula one(PathPattern pattern) {
    return new Formula.Place(new PathTest.OneOf(List.of(pattern)));
  }
}
