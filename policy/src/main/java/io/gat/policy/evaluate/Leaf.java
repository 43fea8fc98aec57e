package io.gat.policy.evaluate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Enforcement;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules at one end of a {@link PathTrie}, which all match the same paths: those in shadow
 * first, which stand in the place of enforced ones, and then by their names.
 *
 * <p>A lookup reads what is here and follows no further reference: what a rule is to its caller
 * stands beside it, since each object more is a cache line more where there are many rules.
 */
final class Leaf {
  private static final Comparator<Placed> ORDER =
      Comparator.comparingInt((Placed p) -> p.isTrial() ? 0 : 1).thenComparing(p -> p.rule.name());

  private final Placed[] placed;

  Leaf(List<Placed> rules) {
    // By name, so that the order of a file's rules never shows.
    this.placed = rules.stream().sorted(ORDER).toArray(Placed[]::new);
  }

  /** A rule at one of its templates. */
  static final class Placed {
    private static final int NO_REST = -1;

    private final Rule rule;
    private final PathTemplate template;
    private final Rule.Effect.@Nullable Guarded guard;
    private final boolean closed;
    private final boolean plain;
    private final String[] methods;
    private final String[] names;
    private final int[] slots;
    private final int restFrom;

    /**
     * Places a rule.
     *
     * @param pool gives equal lists as one object
     */
    Placed(Rule rule, PathTemplate template, ArrayPool pool) {
      this.rule = rule;
      this.template = template;
      this.guard = rule.effect() instanceof Rule.Effect.Guarded g ? g : null;
      this.closed = rule.effect() instanceof Rule.Effect.Closed;
      this.plain = rule.circumstances().isEmpty();
      this.methods = pool.texts(rule.methods().stream().sorted().toArray(String[]::new));
      this.names = pool.texts(template.variables().toArray(String[]::new));
      List<PathTemplate.Part> parts = template.parts();
      int[] at = new int[names.length];
      int count = 0;
      int rest = NO_REST;
      for (int i = 0; i < parts.size(); i++) {
        switch (parts.get(i)) {
          case PathTemplate.Part.Literal literal -> {}
          case PathTemplate.Part.Single single -> at[count++] = i;
          case PathTemplate.Part.Rest any -> rest = i;
        }
      }
      this.slots = pool.numbers(Arrays.copyOf(at, count));
      this.restFrom = rest;
    }

    /** True for what stands in the place of an enforced rule; a deny rule stands beside all. */
    private boolean isTrial() {
      return !closed && rule.enforcement() == Enforcement.SHADOW;
    }

    private boolean covers(String method) {
      for (String one : methods) {
        if (one.equals(method)) {
          return true;
        }
      }
      return methods.length == 0;
    }

    /** The values of the template's variables in a path that it matches. */
    private Map<String, String> bind(List<String> segments) {
      String[] values = new String[names.length];
      for (int i = 0; i < slots.length; i++) {
        values[i] = segments.get(slots[i]);
      }
      if (restFrom != NO_REST) {
        values[slots.length] = String.join("/", segments.subList(restFrom, segments.size()));
      }
      return switch (values.length) {
        case 0 -> Map.of();
        case 1 -> Map.of(names[0], values[0]);
        case 2 -> Map.of(names[0], values[0], names[1], values[1]);
        case 3 -> Map.of(names[0], values[0], names[1], values[1], names[2], values[2]);
        default -> {
          @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
          Map.Entry<String, String>[] entries = new Map.Entry[values.length];
          for (int i = 0; i < values.length; i++) {
            entries[i] = Map.entry(names[i], values[i]);
          }
          yield Map.ofEntries(entries);
        }
      };
    }
  }

  /** Every deny rule that covers the method, whether or not it applies. */
  Stream<Standing.Placement> denials(String method) {
    return Arrays.stream(placed).filter(one -> one.closed && one.covers(method)).map(Leaf::named);
  }

  /** The rule other than a deny rule that covers the method, if any. */
  Optional<Standing.Placement> allowance(String method) {
    return Arrays.stream(placed)
        .filter(one -> !one.closed && one.covers(method))
        .findFirst()
        .map(Leaf::named);
  }

  /** One of the templates that lead here: all have the same shape. */
  PathTemplate template() {
    return placed[0].template;
  }

  private static Standing.Placement named(Placed one) {
    return new Standing.Placement(one.rule, one.template);
  }

  /** The first deny rule that covers the method and applies. */
  @Nullable Rule denial(String method, AccessRequest request, Instant now) {
    for (Placed one : placed) {
      if (one.closed && one.covers(method) && (one.plain || one.rule.applies(request, now))) {
        return one.rule;
      }
    }
    return null;
  }

  /** One rule here with its template, for explanations. */
  record Entry(Rule rule, PathTemplate template) {}

  /** What is here, in its order. */
  List<Entry> entries() {
    return Arrays.stream(placed).map(p -> new Entry(p.rule, p.template)).toList();
  }

  /**
   * What the rules here say, where no deny rule applied: at most one of the others that are in
   * shadow covers a method, and at most one of those that are not, or the policy would not have
   * compiled. The one in shadow comes first.
   */
  Verdict verdict(Service service, String method, List<String> segments) {
    for (Placed one : placed) {
      if (!one.closed && one.covers(method)) {
        return one.guard == null
            ? new Verdict.Open(service, one.rule)
            : new Verdict.Guarded(
                service, one.rule, one.guard, "/" + String.join("/", segments), one.bind(segments));
      }
    }
    return new Verdict.NoRule(service);
  }
}
