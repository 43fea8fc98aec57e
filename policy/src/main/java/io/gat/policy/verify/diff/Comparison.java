package io.gat.policy.verify.diff;

import io.gat.policy.Condition;
import io.gat.policy.LongLived;
import io.gat.policy.Rule;
import io.gat.policy.compile.ConditionForm;
import io.gat.policy.evaluate.Standing.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares what two rules ask for, requirement by requirement.
 *
 * <p>Where nobody can tell whether one requirement follows from another, it does not: so a change
 * is never called the same or stricter without a proof.
 */
final class Comparison {
  static final String DENY = "deny";

  static final String MAX_STREAM = "max-stream";

  private static final String UPGRADE = "upgrade";
  private static final String NONE = "none";

  private final Forms forms;

  Comparison(Forms forms) {
    this.forms = forms;
  }

  /**
   * How two ways differ.
   *
   * @param kind what that means
   * @param differences the requirements that are not the same; may be empty where the kind says all
   */
  record Finding(Change.Kind kind, List<Difference> differences) {
    Finding {
      differences = List.copyOf(differences);
    }
  }

  /** What changed; empty where it means the same. */
  Optional<Finding> compare(Access before, Access after) {
    return switch (before) {
      case Access.Shut shut ->
          switch (after) {
            case Access.Shut still -> Optional.empty();
            case Access.Way way ->
                Optional.of(
                    new Finding(way.isOpen() ? Change.Kind.PUBLIC : Change.Kind.OPENED, List.of()));
          };
      case Access.Way was ->
          switch (after) {
            case Access.Shut shut -> Optional.of(new Finding(Change.Kind.CLOSED, List.of()));
            case Access.Way is -> compare(was, is);
          };
    };
  }

  private Optional<Finding> compare(Access.Way was, Access.Way is) {
    List<Difference> differences = new ArrayList<>();
    exceptions(was.exceptions(), is.exceptions()).ifPresent(differences::add);
    differences.addAll(circumstances(was.way().rule(), is.way().rule()));
    Optional<Difference> upgrade =
        upgrade(was.way().rule().longLived(), is.way().rule().longLived());
    upgrade.ifPresent(differences::add);
    if (was.isOpen() != is.isOpen()) {
      // With a looser circumstance somebody may get through who did not, if only with a token.
      boolean mayOpen = !isAtMostStricter(relation(differences));
      Change.Kind kind = mayOpen ? Change.Kind.CHANGED : Change.Kind.CLOSED;
      return Optional.of(new Finding(is.isOpen() ? Change.Kind.PUBLIC : kind, differences));
    }
    maxStream(was.way().rule().longLived(), is.way().rule().longLived())
        .ifPresent(differences::add);
    if (was.way().rule().effect() instanceof Rule.Effect.Guarded old
        && is.way().rule().effect() instanceof Rule.Effect.Guarded now) {
      scopes(old, now).ifPresent(differences::add);
      maxAge(old, now).ifPresent(differences::add);
      condition(was.way(), is.way()).ifPresent(differences::add);
    }
    if (upgrade.filter(u -> u.relation() == Relation.LOOSER).isPresent()) {
      // No call could be upgraded, whatever token it had: that is a door, not a lower threshold.
      return Optional.of(new Finding(Change.Kind.OPENED, differences));
    }
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(new Finding(Change.Kind.of(relation(differences)), differences));
  }

  /** All that a way asks for, in words. */
  static List<String> asks(Access.Way access) {
    Rule rule = access.way().rule();
    List<String> asks = new ArrayList<>();
    if (rule.effect() instanceof Rule.Effect.Guarded guard) {
      if (!guard.neededScopes().isEmpty()) {
        asks.add("scopes " + scopes(guard));
      }
      guard.maxAge().ifPresent(age -> asks.add("max-age " + age(guard)));
      guard.when().ifPresent(when -> asks.add("when " + when.source()));
    }
    Asked.of(rule.circumstances()).forEach(a -> asks.add(a.what() + " " + a.words()));
    if (rule.longLived().upgrade() == LongLived.Upgrade.ALLOWED) {
      asks.add(UPGRADE + " allowed");
    }
    rule.longLived().maxStream().ifPresent(max -> asks.add(MAX_STREAM + " " + words(max)));
    if (!access.exceptions().isEmpty()) {
      asks.add(DENY + " " + denials(access.exceptions()));
    }
    return asks;
  }

  private static boolean isAtMostStricter(Relation relation) {
    return switch (relation) {
      case SAME, STRICTER -> true;
      case LOOSER, OTHER -> false;
    };
  }

  private static Relation relation(List<Difference> differences) {
    return differences.stream().map(Difference::relation).reduce(Relation.SAME, Relation::and);
  }

  private static Optional<Difference> difference(
      String what, Relation relation, String before, String after) {
    return relation == Relation.SAME
        ? Optional.empty()
        : Optional.of(new Difference(what, relation, before, after));
  }

  private static Optional<Difference> exceptions(List<Placement> was, List<Placement> is) {
    Relation denied = Relation.of(areWithin(was, is), areWithin(is, was));
    return difference(DENY, denied.inverse(), denials(was), denials(is));
  }

  /** True where each of some denials is one of others. */
  private static boolean areWithin(List<Placement> some, List<Placement> others) {
    return some.stream()
        .map(s -> Asked.of(s.rule().circumstances()))
        .allMatch(
            s -> others.stream().anyMatch(o -> Asked.imply(s, Asked.of(o.rule().circumstances()))));
  }

  private static String denials(List<Placement> denials) {
    return denials.isEmpty()
        ? NONE
        : denials.stream()
            .map(
                d ->
                    "`"
                        + d.rule().name()
                        + "` ("
                        + Asked.words(Asked.of(d.rule().circumstances()))
                        + ")")
            .collect(Collectors.joining(", "));
  }

  /** What is asked of a call beside its token, by what it is about. */
  private static List<Difference> circumstances(Rule was, Rule is) {
    List<Asked> old = Asked.of(was.circumstances());
    List<Asked> now = Asked.of(is.circumstances());
    List<Difference> differences = new ArrayList<>();
    Stream.concat(old.stream(), now.stream())
        .map(Asked::what)
        .distinct()
        .forEach(
            what -> {
              List<Asked> oldOnes = about(what, old);
              List<Asked> newOnes = about(what, now);
              Relation relation =
                  Relation.of(Asked.imply(oldOnes, newOnes), Asked.imply(newOnes, oldOnes));
              difference(what, relation, words(oldOnes), words(newOnes))
                  .ifPresent(differences::add);
            });
    return differences;
  }

  private static List<Asked> about(String what, List<Asked> all) {
    return all.stream().filter(a -> a.what().equals(what)).toList();
  }

  private static String words(List<Asked> asked) {
    return asked.isEmpty()
        ? NONE
        : asked.stream().map(Asked::words).collect(Collectors.joining(" and "));
  }

  private static Optional<Difference> scopes(Rule.Effect.Guarded was, Rule.Effect.Guarded is) {
    Relation relation = Relation.of(suffice(was, is), suffice(is, was));
    return difference("scopes", relation, scopes(was), scopes(is));
  }

  /** True where every token with enough scopes for one has enough for the other. */
  private static boolean suffice(Rule.Effect.Guarded one, Rule.Effect.Guarded other) {
    if (one.anyScope().isEmpty()) {
      return other.isSatisfiedBy(one.allScopes());
    }
    for (String last : one.anyScope()) {
      Set<String> least = new TreeSet<>(one.allScopes());
      least.add(last);
      if (!other.isSatisfiedBy(least)) {
        return false;
      }
    }
    return true;
  }

  private static String scopes(Rule.Effect.Guarded guard) {
    String all = String.join(" and ", new TreeSet<>(guard.allScopes()));
    if (guard.anyScope().isEmpty()) {
      return all.isEmpty() ? NONE : all;
    }
    String any = String.join(" or ", new TreeSet<>(guard.anyScope()));
    return all.isEmpty() ? any : all + " and (" + any + ")";
  }

  private static Optional<Difference> maxAge(Rule.Effect.Guarded was, Rule.Effect.Guarded is) {
    Relation relation =
        Relation.of(isAtMost(was.maxAge(), is.maxAge()), isAtMost(is.maxAge(), was.maxAge()));
    return difference("max-age", relation, age(was), age(is));
  }

  private static Optional<Difference> upgrade(LongLived was, LongLived is) {
    return difference(
        UPGRADE,
        Relation.of(
            is.upgrade().compareTo(was.upgrade()) >= 0, is.upgrade().compareTo(was.upgrade()) <= 0),
        words(was.upgrade()),
        words(is.upgrade()));
  }

  private static String words(LongLived.Upgrade upgrade) {
    return switch (upgrade) {
      case REFUSED -> "refused";
      case ALLOWED -> "allowed";
    };
  }

  private static Optional<Difference> maxStream(LongLived was, LongLived is) {
    return difference(
        MAX_STREAM,
        Relation.of(
            isAtMost(was.maxStream(), is.maxStream()), isAtMost(is.maxStream(), was.maxStream())),
        was.maxStream().map(Comparison::words).orElse(NONE),
        is.maxStream().map(Comparison::words).orElse(NONE));
  }

  private static String words(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  private static boolean isAtMost(Optional<Duration> one, Optional<Duration> other) {
    return other.isEmpty() || (one.isPresent() && one.get().compareTo(other.get()) <= 0);
  }

  private static String age(Rule.Effect.Guarded guard) {
    return guard.maxAge().map(age -> age.toSeconds() + "s").orElse(NONE);
  }

  private Optional<Difference> condition(Placement was, Placement is) {
    return difference("when", conditions(was, is), source(was), source(is));
  }

  /** How two rules' conditions stand to each other. */
  private Relation conditions(Placement was, Placement is) {
    ConditionForm old = forms.of(was);
    ConditionForm now = forms.of(is);
    return Relation.of(old.implies(now), now.implies(old));
  }

  private static String source(Placement placement) {
    return placement.rule().effect() instanceof Rule.Effect.Guarded guard
        ? guard.when().map(Condition::source).orElse(NONE)
        : NONE;
  }
}
