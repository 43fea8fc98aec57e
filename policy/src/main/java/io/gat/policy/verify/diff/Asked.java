package io.gat.policy.verify.diff;

import io.gat.policy.Circumstance;
import io.gat.policy.IpNetwork;
import io.gat.policy.PrincipalPattern;
import io.gat.policy.TimeWindow;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One thing that a rule asks of a call's circumstances, apart from the others: each header and each
 * query parameter by itself.
 */
sealed interface Asked {
  /** What it asks about, by its key in a policy file. */
  String what();

  /** What it wants, in words. */
  String words();

  /**
   * True where a call that clearly has this clearly has the other, and one that may have this may
   * have the other. False also where nobody can tell.
   */
  boolean implies(Asked other);

  /** All that circumstances ask. */
  static List<Asked> of(List<Circumstance> circumstances) {
    return circumstances.stream().flatMap(Asked::of).toList();
  }

  /** True where calls that have all of some have all of others. */
  static boolean imply(List<Asked> some, List<Asked> others) {
    return others.stream().allMatch(o -> some.stream().anyMatch(s -> s.implies(o)));
  }

  /** In words, with what each is about. */
  static String words(List<Asked> all) {
    return all.stream().map(a -> a.what() + " " + a.words()).collect(Collectors.joining(", "));
  }

  private static Stream<Asked> of(Circumstance circumstance) {
    return switch (circumstance) {
      case Circumstance.Headers headers ->
          headers.wanted().entrySet().stream()
              .map(e -> new Value("headers " + e.getKey(), e.getValue()));
      case Circumstance.Query query ->
          query.wanted().entrySet().stream()
              .map(e -> new Value("query " + e.getKey(), e.getValue()));
      case Circumstance.Principals principals ->
          Stream.of(new Principals(Set.copyOf(principals.patterns())));
      case Circumstance.Namespaces namespaces -> Stream.of(new Namespaces(namespaces.names()));
      case Circumstance.Networks networks ->
          Stream.of(new Networks(Set.copyOf(networks.networks())));
      case Circumstance.During during -> Stream.of(new During(during.window()));
    };
  }

  /**
   * A header or a query parameter.
   *
   * @param values any where there are none
   */
  record Value(String what, Set<String> values) implements Asked {
    public Value {
      values = Set.copyOf(values);
    }

    @Override
    public String words() {
      return values.isEmpty() ? "*" : String.join(" | ", new TreeSet<>(values));
    }

    @Override
    public boolean implies(Asked other) {
      return other instanceof Value o
          && o.what.equals(what)
          && (o.values.isEmpty() || (!values.isEmpty() && o.values.containsAll(values)));
    }
  }

  /** {@code from.principals}. */
  record Principals(Set<PrincipalPattern> patterns) implements Asked {
    @Override
    public String what() {
      return "from.principals";
    }

    @Override
    public String words() {
      return patterns.stream().map(PrincipalPattern::text).sorted().collect(JOINED);
    }

    @Override
    public boolean implies(Asked other) {
      return other instanceof Principals o
          && patterns.stream()
              .allMatch(mine -> o.patterns.stream().anyMatch(its -> covers(its, mine)));
    }

    private static boolean covers(PrincipalPattern wide, PrincipalPattern narrow) {
      if (wide.text().equals("*") || wide.equals(narrow)) {
        return true;
      }
      if (narrow.text().equals("*")) {
        return false;
      }
      // A star of the narrow one is a segment like any other, which only a star can mean.
      return wide.matches(narrow.text());
    }
  }

  /** {@code from.namespaces}. */
  record Namespaces(Set<String> names) implements Asked {
    @Override
    public String what() {
      return "from.namespaces";
    }

    @Override
    public String words() {
      return names.stream().sorted().collect(JOINED);
    }

    @Override
    public boolean implies(Asked other) {
      return other instanceof Namespaces o && o.names.containsAll(names);
    }
  }

  /** {@code from.networks}. */
  record Networks(Set<IpNetwork> networks) implements Asked {
    @Override
    public String what() {
      return "from.networks";
    }

    @Override
    public String words() {
      return networks.stream().map(IpNetwork::toString).sorted().collect(JOINED);
    }

    @Override
    public boolean implies(Asked other) {
      return other instanceof Networks o
          && networks.stream().allMatch(mine -> o.networks.stream().anyMatch(n -> n.covers(mine)));
    }
  }

  /** {@code during}. */
  record During(TimeWindow window) implements Asked {
    @Override
    public String what() {
      return "during";
    }

    @Override
    public String words() {
      String days =
          window.days().size() == DayOfWeek.values().length
              ? "every day"
              : window.days().stream()
                  .sorted()
                  .map(d -> d.name().substring(0, 3).toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "));
      return days + " " + window.from() + "-" + window.to() + " " + window.zone().getId();
    }

    @Override
    public boolean implies(Asked other) {
      return other instanceof During o
          && o.window.zone().equals(window.zone())
          && WeekTime.of(o.window).covers(WeekTime.of(window));
    }
  }

  /** Puts alternatives together. */
  Collector<CharSequence, ?, String> JOINED = Collectors.joining(" | ");
}
