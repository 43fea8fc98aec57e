package io.gat.policy.migrate;

import io.gat.policy.migrate.ServiceDraft.Clause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Works a service's clauses out into rules.
 *
 * <p>In gat one template owns a path, and no broader one lends it a rule; in the sources all that
 * matches counts. So the patterns of all clauses are closed under intersection first. Then the
 * pattern that owns a path is the intersection of all that match it, and a clause speaks of the
 * path just where its pattern covers the owner. Each pattern and method is a cell with a formula of
 * its own, without tests of path and method as far as these are known there; cells with one formula
 * make one rule. A cell that allows nothing must own its paths, too, where a broader one allows
 * something.
 */
final class RuleCells {
  private static final int MOST_PATTERNS = 600;

  private final ServiceDraft draft;
  private final List<PathPattern> patterns;
  private final Set<String> methods;

  private RuleCells(ServiceDraft draft, List<PathPattern> patterns) {
    this.draft = draft;
    this.patterns = patterns;
    this.methods = methods(draft);
  }

  /**
   * A rule to write.
   *
   * @param effect what it does
   * @param methods empty for any
   * @param labels the clauses that it comes from
   */
  record CellRule(
      Effect effect, List<String> methods, List<PathPattern> paths, List<String> labels) {
    CellRule {
      methods = List.copyOf(methods);
      paths = List.copyOf(paths);
      labels = List.copyOf(labels);
    }
  }

  /** What a rule does. */
  sealed interface Effect {
    /** Lets pass who fulfils the condition and has a token. */
    record Guarded(Formula condition) implements Effect {}

    /** Denies. */
    record Closed() implements Effect {}
  }

  /**
   * The rules; empty where they would be too many.
   *
   * @param remarks gets what the rules cannot keep
   */
  static Optional<List<CellRule>> of(ServiceDraft draft, Remarks remarks) {
    Set<PathPattern> needed = new LinkedHashSet<>();
    for (Clause clause : clauses(draft)) {
      List<Formula> tests = Formula.tests(clause.formula());
      boolean placed = false;
      for (Formula test : tests) {
        if (test instanceof Formula.Place place) {
          needed.addAll(place.test().patterns());
          placed = true;
        }
      }
      if (!placed || !isPositive(clause.formula())) {
        needed.add(PathPattern.EVERY);
      }
    }
    return PathTest.closed(needed, MOST_PATTERNS)
        .map(patterns -> new RuleCells(draft, patterns).rules(remarks));
  }

  private static List<Clause> clauses(ServiceDraft draft) {
    List<Clause> clauses = new ArrayList<>(draft.allows());
    clauses.addAll(draft.denials());
    return clauses;
  }

  /** True where the formula needs one of its patterns to match. */
  private static boolean isPositive(Formula formula) {
    return Formula.replace(formula, test -> test instanceof Formula.Place ? Formula.FALSE : test)
        .equals(Formula.FALSE);
  }

  private static Set<String> methods(ServiceDraft draft) {
    Set<String> methods = new LinkedHashSet<>(MethodTest.STANDARD);
    for (Clause clause : clauses(draft)) {
      for (Formula test : Formula.tests(clause.formula())) {
        if (test instanceof Formula.Method(MethodTest.Named named)) {
          methods.add(named.method());
        }
      }
    }
    return methods;
  }

  /** A rule's formula and methods; cells that share them share a rule. */
  private record Key(Formula formula, List<String> methods) {}

  private List<CellRule> rules(Remarks remarks) {
    Map<Key, List<PathPattern>> allowed = new LinkedHashMap<>();
    Set<PathPattern> owners = new LinkedHashSet<>();
    List<PathPattern> empty = new ArrayList<>();
    patterns.stream()
        .sorted(Comparator.comparing(PathPattern::template))
        .forEach(
            pattern -> {
              List<Key> keys = keys(pattern, remarks);
              keys.forEach(
                  key -> allowed.computeIfAbsent(key, k -> new ArrayList<>()).add(pattern));
              (keys.isEmpty() ? empty : owners).add(pattern);
            });
    List<CellRule> rules = new ArrayList<>();
    allowed.forEach(
        (key, paths) ->
            rules.add(
                new CellRule(
                    new Effect.Guarded(key.formula()), key.methods(), paths, labels(key, paths))));
    List<CellRule> denials = denials();
    denials.forEach(rule -> owners.addAll(rule.paths()));
    rules.addAll(denials);
    rules.addAll(gaps(empty, owners, allowed));
    return rules;
  }

  private List<Key> keys(PathPattern pattern, Remarks remarks) {
    List<Formula> allows = at(draft.allows(), pattern);
    List<Formula> denials = at(draft.denials(), pattern);
    Map<Formula, List<String>> byFormula = new LinkedHashMap<>();
    for (String method : methods) {
      Formula cell = cell(allows, denials, Optional.of(method));
      byFormula.computeIfAbsent(cell, f -> new ArrayList<>()).add(method);
    }
    Formula others = cell(allows, denials, Optional.empty());
    if (byFormula.keySet().equals(Set.of(others))) {
      return others.equals(Formula.FALSE) ? List.of() : List.of(new Key(others, List.of()));
    }
    if (!others.equals(Formula.FALSE)) {
      remarks.add(
          draft.node(),
          Remark.Kind.NARROWER,
          "of the methods only " + String.join(", ", methods) + " are carried over",
          "name others in `methods` by hand");
    }
    byFormula.remove(Formula.FALSE);
    return byFormula.entrySet().stream().map(e -> new Key(e.getKey(), e.getValue())).toList();
  }

  private static Formula cell(
      List<Formula> allows, List<Formula> denials, Optional<String> method) {
    Formula allowed = Formula.any(allows.stream().map(f -> at(f, method)).toList());
    Formula denied = Formula.any(denials.stream().map(f -> at(f, method)).toList());
    return Formula.all(allowed, Formula.not(denied));
  }

  /** What clauses come to on the paths of a pattern, without those that never match there. */
  private static List<Formula> at(List<Clause> clauses, PathPattern pattern) {
    return clauses.stream()
        .map(c -> at(c.formula(), pattern))
        .filter(f -> !f.equals(Formula.FALSE))
        .toList();
  }

  private static Formula at(Formula formula, PathPattern pattern) {
    return Formula.replace(
        formula, test -> test instanceof Formula.Place place ? place.test().at(pattern) : test);
  }

  private static Formula at(Formula formula, Optional<String> method) {
    return Formula.replace(
        formula, test -> test instanceof Formula.Method one ? one.test().at(method) : test);
  }

  private List<String> labels(Key key, List<PathPattern> paths) {
    List<String> named = key.methods().isEmpty() ? List.copyOf(methods) : key.methods();
    return draft.allows().stream()
        .filter(c -> paths.stream().anyMatch(p -> matchesOne(at(c.formula(), p), named)))
        .map(Clause::label)
        .distinct()
        .toList();
  }

  private static boolean matchesOne(Formula placed, List<String> named) {
    return !placed.equals(Formula.FALSE)
        && named.stream().anyMatch(m -> !at(placed, Optional.of(m)).equals(Formula.FALSE));
  }

  /** The denials that gat has, too: by path and method alone. */
  private List<CellRule> denials() {
    List<CellRule> rules = new ArrayList<>();
    for (Clause clause : draft.denials()) {
      Map<List<String>, List<PathPattern>> closed = new LinkedHashMap<>();
      for (PathPattern pattern : patterns) {
        if (at(clause.formula(), pattern).equals(Formula.FALSE)) {
          continue;
        }
        List<String> denied = new ArrayList<>();
        for (String method : methods) {
          if (isDenied(clause, pattern, Optional.of(method))) {
            denied.add(method);
          }
        }
        boolean others = isDenied(clause, pattern, Optional.empty());
        boolean all = others && denied.size() == methods.size();
        // Where others are denied by a "not", the rules that allow don't name them.
        if (all || (!denied.isEmpty() && !others)) {
          closed.computeIfAbsent(all ? List.of() : denied, m -> new ArrayList<>()).add(pattern);
        }
      }
      closed.forEach(
          (named, all) ->
              rules.add(
                  new CellRule(
                      new Effect.Closed(), named, broadest(all), List.of(clause.label()))));
    }
    return rules;
  }

  // Of every part, too: a rule that denies wins over all others, however specific they are.
  private boolean isDenied(Clause clause, PathPattern pattern, Optional<String> method) {
    return patterns.stream()
        .filter(pattern::covers)
        .allMatch(part -> at(at(clause.formula(), part), method).equals(Formula.TRUE));
  }

  // A denial of a pattern denies its parts.
  private static List<PathPattern> broadest(List<PathPattern> all) {
    return all.stream()
        .filter(p -> all.stream().noneMatch(o -> !o.equals(p) && o.covers(p)))
        .toList();
  }

  /** Rules that allow nothing and keep a broader rule from their paths. */
  private static List<CellRule> gaps(
      List<PathPattern> empty, Set<PathPattern> owners, Map<Key, List<PathPattern>> allowed) {
    List<PathPattern> closed = new ArrayList<>();
    List<PathPattern> hollow = new ArrayList<>();
    List<PathPattern> open = allowed.values().stream().flatMap(List::stream).distinct().toList();
    for (PathPattern pattern : empty) {
      boolean needed = !owners.contains(pattern) && open.stream().anyMatch(o -> o.covers(pattern));
      if (needed) {
        boolean alone = open.stream().noneMatch(pattern::covers);
        (alone ? closed : hollow).add(pattern);
      }
    }
    List<CellRule> rules = new ArrayList<>();
    if (!closed.isEmpty()) {
      rules.add(new CellRule(new Effect.Closed(), List.of(), closed, List.of()));
    }
    if (!hollow.isEmpty()) {
      rules.add(new CellRule(new Effect.Guarded(Formula.FALSE), List.of(), hollow, List.of()));
    }
    return rules;
  }
}
