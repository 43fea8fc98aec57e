package io.gat.policy.verify.diff;

import io.gat.policy.evaluate.LiteralCase;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules;
import io.gat.policy.evaluate.Standing.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes one path of every kind that two versions of a service tell apart.
 *
 * <p>Paths are of one kind where the same templates of both versions match them. How many kinds
 * there are is not a question of the templates alone or of their pairs: three may overlap where no
 * two do alone. So both trees of templates are walked at once, segment by segment, and a state is
 * the set of nodes that a path may have reached. From a state go as many ways as its nodes have
 * literals, and two more: a segment that is no literal at all, and the empty last segment. Each
 * path takes one of these ways at each of its segments, so none is forgotten.
 *
 * <p>Below a state in which both versions have equal subtrees nothing can differ, and the walk goes
 * no further: so its work grows with what changed. A subtree's number is the same exactly where its
 * templates and the meanings of its rules are.
 */
final class PathCells {
  private final Numbers numbers = new Numbers();
  private final Forms forms;
  private final LiteralCase oldCase;
  private final LiteralCase newCase;
  private final Node oldRoot;
  private final Node newRoot;
  private final String other;
  private final int limit;
  private final Set<State> seen = new HashSet<>();

  /**
   * Two versions of a service.
   *
   * @param limit the most states that are looked at
   */
  PathCells(Optional<ServiceRules> before, Optional<ServiceRules> after, Forms forms, int limit) {
    this.forms = forms;
    this.limit = limit;
    this.oldCase = literals(before);
    this.newCase = literals(after);
    this.oldRoot = tree(before, oldCase);
    this.newRoot = tree(after, newCase);
    this.other = stranger(before, after);
  }

  /** How many kinds of paths there are. */
  enum Extent {
    ALL_TOLD,
    /** More than the limit allows: some were not looked at. */
    TOO_MANY
  }

  /** Tells the segments of one path of every kind whose rules may differ. */
  Extent tell(Consumer<List<String>> witness) {
    return walk(new State(List.of(oldRoot), List.of(newRoot)), new ArrayList<>(), witness);
  }

  private Extent walk(State state, List<String> path, Consumer<List<String>> witness) {
    if (!seen.add(state) || numbers(state.before).equals(numbers(state.after))) {
      return Extent.ALL_TOLD;
    }
    if (seen.size() > limit) {
      return Extent.TOO_MANY;
    }
    Set<String> ways = new TreeSet<>(Set.of("", other));
    literals(state.before, ways);
    literals(state.after, ways);
    for (String way : ways) {
      State next =
          new State(
              step(state.before, way, oldCase.key(way)), step(state.after, way, newCase.key(way)));
      path.addLast(way);
      if (!ends(next.before).equals(ends(next.after))) {
        witness.accept(List.copyOf(path));
      }
      // Nothing follows the empty segment.
      if (!way.isEmpty() && walk(next, path, witness) == Extent.TOO_MANY) {
        return Extent.TOO_MANY;
      }
      path.removeLast();
    }
    return Extent.ALL_TOLD;
  }

  private static void literals(List<Place> places, Set<String> into) {
    for (Place place : places) {
      if (place instanceof Node node) {
        into.addAll(node.texts);
      }
    }
  }

  /** Where a path may be after one more segment, the most specific first. */
  private static List<Place> step(List<Place> places, String segment, String key) {
    List<Place> next = new ArrayList<>();
    for (Place place : places) {
      switch (place) {
        case Rest rest -> next.add(rest);
        case Node node -> {
          Node literal = node.literals.get(key);
          if (literal != null) {
            next.add(literal);
          }
          if (node.single != null && !segment.isEmpty()) {
            next.add(node.single);
          }
          if (node.rest != null) {
            next.add(node.rest);
          }
        }
      }
    }
    return next;
  }

  private static List<Integer> numbers(List<Place> places) {
    return places.stream().map(Place::number).toList();
  }

  /** What a path that ends here means. */
  private static List<Integer> ends(List<Place> places) {
    List<Integer> ends = new ArrayList<>();
    for (Place place : places) {
      switch (place) {
        case Rest rest -> ends.add(rest.number);
        case Node node -> {
          if (node.end != 0) {
            ends.add(node.end);
          }
          if (node.rest != null) {
            ends.add(node.rest.number);
          }
        }
      }
    }
    return ends;
  }

  /** Nodes and rests are told apart by identity: two of equal meaning are at different places. */
  private record State(List<Place> before, List<Place> after) {}

  private sealed interface Place {
    int number();
  }

  /** The end of a template by any number of segments. */
  private static final class Rest implements Place {
    private final int number;

    Rest(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }
  }

  /** Where a template's segment ends. */
  private static final class Node implements Place {
    private final Map<String, Node> literals = new TreeMap<>();
    private final Set<String> texts = new TreeSet<>();
    private @Nullable Node single;
    private @Nullable Rest rest;
    private int end;
    private int number;

    @Override
    public int number() {
      return number;
    }
  }

  /** Numbers from 1 for equal things, of both versions; 0 stands for nothing. */
  private static final class Numbers {
    private final Map<Object, Integer> known = new HashMap<>();

    int of(Object thing) {
      return known.computeIfAbsent(thing, t -> known.size() + 1);
    }
  }

  private record Subtree(Map<String, Integer> literals, int single, int rest, int end) {}

  /** A tree as it is built. */
  private static final class Building {
    private final Map<String, Building> literals = new TreeMap<>();
    private final Set<String> texts = new TreeSet<>();
    private @Nullable Building single;
    private final Set<RuleMeaning> rest = new HashSet<>();
    private final Set<RuleMeaning> end = new HashSet<>();
  }

  private Node tree(Optional<ServiceRules> rules, LiteralCase literals) {
    Building root = new Building();
    for (ServiceRules.TemplatedRule rule : rules.map(ServiceRules::rules).orElse(List.of())) {
      for (PathTemplate template : rule.templates()) {
        Placement placement = new Placement(rule.rule(), template);
        place(root, template, RuleMeaning.of(placement, forms), literals);
      }
    }
    return node(root);
  }

  private static void place(
      Building root, PathTemplate template, RuleMeaning meaning, LiteralCase literals) {
    Building at = root;
    for (PathTemplate.Part part : template.parts()) {
      switch (part) {
        case PathTemplate.Part.Literal literal -> {
          at.texts.add(literal.text());
          at = at.literals.computeIfAbsent(literals.key(literal.text()), k -> new Building());
        }
        case PathTemplate.Part.Single single -> {
          Building next = at.single == null ? new Building() : at.single;
          at.single = next;
          at = next;
        }
        case PathTemplate.Part.Rest rest -> {
          at.rest.add(meaning);
          return;
        }
      }
    }
    at.end.add(meaning);
  }

  private Node node(Building built) {
    Node node = new Node();
    Map<String, Integer> children = new TreeMap<>();
    built.literals.forEach(
        (key, child) -> {
          Node made = node(child);
          node.literals.put(key, made);
          children.put(key, made.number);
        });
    node.texts.addAll(built.texts);
    Node single = built.single == null ? null : node(built.single);
    node.single = single;
    node.end = built.end.isEmpty() ? 0 : numbers.of(Set.copyOf(built.end));
    int rest = built.rest.isEmpty() ? 0 : numbers.of(Set.copyOf(built.rest));
    node.rest = rest == 0 ? null : new Rest(rest);
    node.number =
        numbers.of(new Subtree(children, single == null ? 0 : single.number, rest, node.end));
    return node;
  }

  private static LiteralCase literals(Optional<ServiceRules> rules) {
    return rules.map(r -> LiteralCase.of(r.service().caseSensitivity())).orElse(LiteralCase.EXACT);
  }

  /** A segment that no template names. */
  private static String stranger(Optional<ServiceRules> before, Optional<ServiceRules> after) {
    Set<String> taken = new HashSet<>();
    for (Optional<ServiceRules> rules : List.of(before, after)) {
      rules.map(ServiceRules::rules).orElse(List.of()).stream()
          .flatMap(rule -> rule.templates().stream())
          .flatMap(template -> template.parts().stream())
          .forEach(
              part -> {
                if (part instanceof PathTemplate.Part.Literal literal) {
                  taken.add(LiteralCase.FOLDED.key(literal.text()));
                }
              });
    }
    String name = "other";
    while (taken.contains(name)) {
      name += "-x";
    }
    return name;
  }
}
