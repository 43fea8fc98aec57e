package io.gat.policy.evaluate;

import io.gat.policy.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Path templates as a tree of their segments.
 *
 * <p>A search walks it depth first and tries, at each node, the literal child, then the child for
 * any one segment, then the rest: so what it finds first is the most specific template by
 * comparison from left to right, and stepping back is built in. A node stands at one depth and has
 * one parent, so a search visits it at most once: the work is bounded by the nodes whose prefix
 * matches, never exponential in the path. Where few templates overlap, that is the path's length.
 */
final class PathTrie {
  private final Node root;

  PathTrie(List<Placed> rules, LiteralCase literals) {
    Building building = new Building();
    for (Placed placed : rules) {
      building.add(placed, literals);
    }
    this.root = building.build();
  }

  /** A rule at one of its templates. */
  record Placed(Rule rule, PathTemplate template) {}

  /**
   * The most specific match that is accepted.
   *
   * @param keys the path's segments as {@link LiteralCase} keys
   */
  Optional<List<Placed>> find(List<String> keys, Predicate<List<Placed>> accepts) {
    return Optional.ofNullable(find(root, keys, 0, accepts));
  }

  private static @Nullable List<Placed> find(
      Node node, List<String> keys, int at, Predicate<List<Placed>> accepts) {
    if (at == keys.size()) {
      if (!node.end.isEmpty() && accepts.test(node.end)) {
        return node.end;
      }
    } else {
      String key = keys.get(at);
      Node literal = node.literals.get(key);
      if (literal != null) {
        List<Placed> found = find(literal, keys, at + 1, accepts);
        if (found != null) {
          return found;
        }
      }
      Node single = node.single;
      if (single != null && !key.isEmpty()) {
        List<Placed> found = find(single, keys, at + 1, accepts);
        if (found != null) {
          return found;
        }
      }
    }
    return !node.rest.isEmpty() && accepts.test(node.rest) ? node.rest : null;
  }

  private record Node(
      Map<String, Node> literals, @Nullable Node single, List<Placed> end, List<Placed> rest) {}

  private static final class Building {
    private final Map<String, Building> literals = new HashMap<>();
    private @Nullable Building single;
    private final List<Placed> end = new ArrayList<>();
    private final List<Placed> rest = new ArrayList<>();

    void add(Placed placed, LiteralCase compare) {
      Building at = this;
      for (PathTemplate.Part part : placed.template().parts()) {
        switch (part) {
          case PathTemplate.Part.Literal literal ->
              at = at.literals.computeIfAbsent(compare.key(literal.text()), k -> new Building());
          case PathTemplate.Part.Single one -> {
            Building next = at.single;
            if (next == null) {
              next = new Building();
              at.single = next;
            }
            at = next;
          }
          case PathTemplate.Part.Rest any -> {
            at.rest.add(placed);
            return;
          }
        }
      }
      at.end.add(placed);
    }

    Node build() {
      Map<String, Node> children = HashMap.newHashMap(literals.size());
      literals.forEach((key, child) -> children.put(key, child.build()));
      Node any = single == null ? null : single.build();
      return new Node(Map.copyOf(children), any, sorted(end), sorted(rest));
    }

    // By name, so that the order of a file's rules never shows.
    private static List<Placed> sorted(List<Placed> rules) {
      return rules.stream().sorted(Comparator.comparing(p -> p.rule().name())).toList();
    }
  }
}
