package io.gat.policy.migrate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * What a request must be like to be allowed or denied. Built by the methods here, which simplify.
 */
sealed interface Formula {
  Formula TRUE = new Constant(true);
  Formula FALSE = new Constant(false);

  /** Always or never. */
  record Constant(boolean value) implements Formula {}

  /** All of at least two. */
  record All(List<Formula> of) implements Formula {
    public All {
      of = List.copyOf(of);
    }
  }

  /** One of at least two. */
  record Any(List<Formula> of) implements Formula {
    public Any {
      of = List.copyOf(of);
    }
  }

  /** The contrary. */
  record Not(Formula of) implements Formula {}

  /** A test of the path or the method, which rules choose by. */
  record Place(PathTest test) implements Formula {}

  /** A test of the method. */
  record Method(MethodTest test) implements Formula {}

  /** A token that has a scope. */
  record Scope(String name) implements Formula {}

  /**
   * A condition in CEL that never fails.
   *
   * @param reads whether it reads the token
   */
  record Cel(String expression, Reads reads) implements Formula {
    public Cel {
      Objects.requireNonNull(expression);
      Objects.requireNonNull(reads);
    }
  }

  /** What a condition reads. */
  enum Reads {
    TOKEN,
    REQUEST
  }

  static Formula of(boolean value) {
    return value ? TRUE : FALSE;
  }

  static Formula cel(String expression) {
    return new Cel(expression, Reads.REQUEST);
  }

  static Formula token(String expression) {
    return new Cel(expression, Reads.TOKEN);
  }

  static Formula not(Formula of) {
    return switch (of) {
      case Constant constant -> of(!constant.value());
      case Not not -> not.of();
      case All all -> new Not(all);
      case Any any -> new Not(any);
      case Place place -> new Not(place);
      case Method method -> new Not(method);
      case Scope scope -> new Not(scope);
      case Cel cel -> new Not(cel);
    };
  }

  static Formula all(Formula... of) {
    return all(List.of(of));
  }

  static Formula all(List<Formula> of) {
    Set<Formula> parts = new LinkedHashSet<>();
    for (Formula part : of) {
      parts.addAll(part instanceof All all ? all.of() : List.of(part));
    }
    parts.remove(TRUE);
    boolean never =
        parts.contains(FALSE) || parts.stream().anyMatch(part -> parts.contains(not(part)));
    if (never) {
      return FALSE;
    }
    List<Formula> least = parts.stream().filter(p -> !isImplied(p, parts)).toList();
    return least.isEmpty() ? TRUE : least.size() == 1 ? least.getFirst() : new All(least);
  }

  // (a or b) says nothing beside a.
  private static boolean isImplied(Formula part, Set<Formula> parts) {
    return part instanceof Any any && any.of().stream().anyMatch(parts::contains);
  }

  static Formula any(Formula... of) {
    return any(List.of(of));
  }

  static Formula any(List<Formula> of) {
    Set<Formula> parts = new LinkedHashSet<>();
    for (Formula part : of) {
      parts.addAll(part instanceof Any any ? any.of() : List.of(part));
    }
    parts.remove(FALSE);
    boolean always =
        parts.contains(TRUE) || parts.stream().anyMatch(part -> parts.contains(not(part)));
    if (always) {
      return TRUE;
    }
    List<Formula> least = new ArrayList<>();
    for (Formula part : parts) {
      if (least.stream().noneMatch(kept -> isAtLeast(kept, part))) {
        least.removeIf(kept -> isAtLeast(part, kept));
        least.add(part);
      }
    }
    return least.isEmpty() ? FALSE : least.size() == 1 ? least.getFirst() : new Any(least);
  }

  // (a and b) adds nothing beside a.
  private static boolean isAtLeast(Formula wide, Formula narrow) {
    return narrow instanceof All all
        && all.of().containsAll(wide instanceof All other ? other.of() : List.of(wide));
  }

  /** The formula with its tests replaced. */
  static Formula replace(Formula of, Function<Formula, Formula> tests) {
    return switch (of) {
      case Constant constant -> constant;
      case Not not -> not(replace(not.of(), tests));
      case All all -> all(all.of().stream().map(f -> replace(f, tests)).toList());
      case Any any -> any(any.of().stream().map(f -> replace(f, tests)).toList());
      case Place place -> tests.apply(place);
      case Method method -> tests.apply(method);
      case Scope scope -> tests.apply(scope);
      case Cel cel -> tests.apply(cel);
    };
  }

  /** The tests in it, in their order. */
  static List<Formula> tests(Formula of) {
    List<Formula> found = new ArrayList<>();
    Formula unused =
        replace(
            of,
            test -> {
              found.add(test);
              return test;
            });
    Objects.requireNonNull(unused);
    return List.copyOf(found);
  }

  /** True for a test that needs a token. */
  static boolean readsToken(Formula test) {
    return test instanceof Scope || (test instanceof Cel cel && cel.reads() == Reads.TOKEN);
  }

  /** The same for a request without a token: no test of a token matches. */
  static Formula withoutToken(Formula of) {
    return replace(of, test -> readsToken(test) ? FALSE : test);
  }

  /**
   * The same where it is not sure that tokens are read at all: a test of one stays only where it
   * does not make more match.
   */
  static Formula withoutToken(Formula of, Bound bound) {
    return switch (of) {
      case Constant constant -> constant;
      case Not not -> not(withoutToken(not.of(), bound.flipped()));
      case All all -> all(all.of().stream().map(f -> withoutToken(f, bound)).toList());
      case Any any -> any(any.of().stream().map(f -> withoutToken(f, bound)).toList());
      case Place place -> place;
      case Method method -> method;
      case Scope scope -> bound == Bound.INNER ? FALSE : scope;
      case Cel cel -> bound == Bound.INNER && cel.reads() == Reads.TOKEN ? FALSE : cel;
    };
  }
}
