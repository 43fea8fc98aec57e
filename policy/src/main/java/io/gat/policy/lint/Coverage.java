package io.gat.policy.lint;

import io.gat.policy.Rule;
import io.gat.policy.evaluate.LiteralCase;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of every call to a template, shown by a few of them.
 *
 * <p>Where a template has a variable, a text that no template spells is matched by the fewest other
 * templates: whatever matches it matches any other text there, too. And a path that is longer than
 * every template meets just those that end in {@code {x=**}}. So what holds for these calls holds
 * for all: if none of them is left to a rule, no call is.
 *
 * <p>A path is a list of {@link PathTemplate#shape}'s words: {@code =text} is that text, {@code *}
 * one that no template spells.
 */
final class Coverage {
  private static final String OTHER = "*";
  private static final String REST = "**";
  private static final String EMPTY = "=";

  /** A method that no rule can name. */
  private static final String OTHER_METHOD = "\u0001";

  private final LiteralCase literals;
  private final Node root = new Node();
  private final int depth;

  Coverage(ServiceDocument document) {
    this.literals = LiteralCase.of(document.service().caseSensitivity());
    int deepest = 1;
    for (TemplatedRule rule : document.rules()) {
      for (PathTemplate template : rule.templates()) {
        root.add(template.shape(literals), rule.rule());
        deepest = Math.max(deepest, template.parts().size());
      }
    }
    this.depth = deepest;
  }

  /** True for a rule that denies, if only under circumstances. */
  static boolean isDeny(Rule rule) {
    return rule.effect() instanceof Rule.Effect.Closed;
  }

  /** True for a rule that denies whatever the circumstances are. */
  static boolean alwaysDenies(Rule rule) {
    return isDeny(rule) && rule.circumstances().isEmpty();
  }

  /** Calls that stand for all calls to a template. */
  List<List<String>> paths(PathTemplate template) {
    List<String> shape = template.shape(literals);
    if (!shape.getLast().equals(REST)) {
      return List.of(shape);
    }
    List<List<String>> paths = new ArrayList<>();
    List<String> path = new ArrayList<>(shape.subList(0, shape.size() - 1));
    while (path.size() <= depth + 1) {
      // A path has at least one segment, and only the last may be empty.
      if (!path.isEmpty()) {
        paths.add(List.copyOf(path));
      }
      path.add(EMPTY);
      paths.add(List.copyOf(path));
      path.set(path.size() - 1, OTHER);
    }
    return paths;
  }

  /** Methods that stand for all methods of a rule. */
  Set<String> methods(Rule rule) {
    return rule.methods().isEmpty() ? Set.of(OTHER_METHOD) : rule.methods();
  }

  /** The rules whose template owns a path, whatever their methods. */
  List<Rule> owners(List<String> path) {
    return Optional.ofNullable(root.find(path, 0, rules -> true)).orElse(List.of());
  }

  /**
   * The deny rule that refuses a call in any case, if the others are not there.
   *
   * @param others names of rules
   */
  Optional<Rule> denial(String method, List<String> path, Set<String> others) {
    Predicate<Rule> counts =
        rule -> alwaysDenies(rule) && rule.covers(method) && !others.contains(rule.name());
    return Optional.ofNullable(root.find(path, 0, rules -> rules.stream().anyMatch(counts)))
        .flatMap(rules -> rules.stream().filter(counts).findFirst());
  }

  private static final class Node {
    private final Map<String, Node> children = new HashMap<>();
    private final List<Rule> end = new ArrayList<>();
    private final List<Rule> rest = new ArrayList<>();

    void add(List<String> shape, Rule rule) {
      Node at = this;
      for (String word : shape) {
        if (word.equals(REST)) {
          at.rest.add(rule);
          return;
        }
        at = at.children.computeIfAbsent(word, w -> new Node());
      }
      at.end.add(rule);
    }

    /** The rules of the most specific template that matches and is accepted. */
    @Nullable List<Rule> find(List<String> path, int at, Predicate<List<Rule>> accepts) {
      if (at == path.size()) {
        if (!end.isEmpty() && accepts.test(end)) {
          return end;
        }
      } else {
        String word = path.get(at);
        List<Rule> found = find(word, path, at, accepts);
        if (found == null && !word.equals(OTHER) && !word.equals(EMPTY)) {
          found = find(OTHER, path, at, accepts);
        }
        if (found != null) {
          return found;
        }
      }
      return !rest.isEmpty() && accepts.test(rest) ? rest : null;
    }

    private @Nullable List<Rule> find(
        String word, List<String> path, int at, Predicate<List<Rule>> accepts) {
      Node child = children.get(word);
      return child == null ? null : child.find(path, at + 1, accepts);
    }
  }
}
