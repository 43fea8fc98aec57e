package io.gat.policy.format;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a mapping is in the language, which says in what order its keys are written. */
enum Shape {
  SERVICE(
      "version",
      "service",
      "enforce",
      "workloads",
      "hosts",
      "audience",
      "credential",
      "paths",
      "ignore-case",
      "upstream",
      "values",
      "conditions",
      "scope-groups",
      "rules"),
  RULE(
      "name",
      "enforce",
      "methods",
      "paths",
      "grpc",
      "headers",
      "query",
      "from",
      "during",
      "scopes",
      "any-scope",
      "max-age",
      "when",
      "upgrade",
      "max-stream",
      "public",
      "deny"),
  ISSUANCE("version", "issuance", "values", "scope-groups", "rules"),
  ISSUANCE_RULE(
      "name",
      "enforce",
      "rollout",
      "principals",
      "on-behalf-of",
      "audiences",
      "scopes",
      "max-ttl",
      "narrow",
      "binding",
      "tags",
      "claims",
      "require"),
  TESTS(
      "version",
      "tests",
      "now",
      "pin",
      "exhaustive",
      "tokens",
      "callers",
      "requests",
      "cases",
      "table",
      "tables",
      "issuance"),
  CASE("name", "request", "token", "caller", "now", "expect"),
  /** Anything else: its author's order is kept. */
  OTHER();

  private final ImmutableList<String> keys;

  Shape(String... keys) {
    this.keys = ImmutableList.copyOf(keys);
  }

  /** A document's shape, by the one of its keys that names it. */
  static Shape ofDocument(Piece root) {
    List<String> names = root.children().stream().flatMap(c -> c.key().stream()).toList();
    if (names.contains("service")) {
      return SERVICE;
    }
    if (names.contains("tests")) {
      return TESTS;
    }
    return names.contains("issuance") ? ISSUANCE : OTHER;
  }

  /** The shape of the mapping under a key, or of those in the list under it. */
  Shape under(Optional<String> key) {
    boolean rules = key.equals(Optional.of("rules"));
    return switch (this) {
      case SERVICE -> rules ? RULE : OTHER;
      case ISSUANCE -> rules ? ISSUANCE_RULE : OTHER;
      case TESTS -> key.equals(Optional.of("cases")) ? CASE : OTHER;
      case RULE, ISSUANCE_RULE, CASE, OTHER -> OTHER;
    };
  }

  /**
   * The entries in their order. A key that the language doesn't have stays behind the one that it
   * stands behind.
   */
  List<Piece> ordered(List<Piece> entries) {
    if (keys.isEmpty()) {
      return entries;
    }
    record Ranked(Piece piece, int rank) {}
    List<Ranked> ranked = new ArrayList<>();
    int rank = -1;
    for (Piece piece : entries) {
      int known = keys.indexOf(piece.key().orElse(""));
      rank = known < 0 ? rank : known;
      ranked.add(new Ranked(piece, rank));
    }
    return ranked.stream()
        .sorted(Comparator.comparingInt(Ranked::rank)) // a stable sort
        .map(Ranked::piece)
        .toList();
  }
}
