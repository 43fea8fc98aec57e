package io.gat.decide.explain;

import io.gat.decide.explain.Explanation.Asked;
import io.gat.decide.explain.Explanation.State;
import io.gat.policy.Condition;
import io.gat.policy.compile.ConditionParts;
import io.gat.policy.evaluate.CelReading;
import io.gat.policy.evaluate.CombinedCondition;
import io.gat.policy.evaluate.NamedCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Tells of a rule's {@code when:} which part of it holds, and what it reads. */
final class Conditions {
  private final ConditionParts parts = new ConditionParts();

  /** How it is with this call. */
  Asked of(Condition when, Condition.Input input) {
    return of(parts.read(when, input));
  }

  /** What it asks, where no token is there to read. */
  static Asked unread(Condition when) {
    return switch (when) {
      case NamedCondition named ->
          new Asked(named.name() + ": " + line(named.source()), State.UNKNOWN, "", List.of());
      case CombinedCondition combined ->
          new Asked(
              switch (combined.needed()) {
                case ALL -> "all of";
                case ANY -> "any of";
              },
              State.UNKNOWN,
              "",
              combined.parts().stream().map(Conditions::unread).toList());
      default -> new Asked(line(when.source()), State.UNKNOWN, "", List.of());
    };
  }

  private static Asked of(ConditionParts.Part part) {
    String name = part.name().isEmpty() ? "" : part.name() + ": ";
    State state =
        switch (part.outcome()) {
          case HOLDS -> State.PASSED;
          case DOES_NOT_HOLD, FAILS -> State.FAILED;
        };
    String what =
        switch (part.join()) {
          case NONE -> name + line(part.text());
          case ALL -> name + "all of";
          case ANY -> name + "any of";
        };
    return new Asked(what, state, seen(part), part.parts().stream().map(Conditions::of).toList());
  }

  /** A condition may be written on several lines. */
  private static String line(String expression) {
    return expression.strip().replaceAll("\\s+", " ");
  }

  private static String seen(ConditionParts.Part part) {
    List<String> seen = new ArrayList<>();
    part.seen().forEach((text, reading) -> seen.add(seen(text, reading)));
    if (seen.isEmpty() && !part.why().isEmpty() && part.parts().isEmpty()) {
      seen.add(Wording.cut(part.why()));
    }
    return String.join("; ", seen);
  }

  private static String seen(String text, CelReading reading) {
    return switch (reading) {
      case CelReading.Value value -> text + " is " + Wording.cut(printed(value.value()));
      case CelReading.Failure failure ->
          failure.why().endsWith("is not present in map.")
              ? text + " is not there"
              : text + " has no value: " + Wording.cut(failure.why());
    };
  }

  /** As CEL would write it, near enough to be read. */
  private static String printed(Object value) {
    return switch (value) {
      case String text -> "\"" + text + "\"";
      case Instant time -> time.toString();
      case Map<?, ?> map -> {
        List<String> entries = new ArrayList<>();
        map.forEach((key, one) -> entries.add(printed(key) + ": " + printed(one)));
        yield "{" + String.join(", ", entries) + "}";
      }
      case Collection<?> list -> {
        List<String> items = new ArrayList<>();
        list.forEach(item -> items.add(printed(item)));
        yield "[" + String.join(", ", items) + "]";
      }
      default -> String.valueOf(value);
    };
  }
}
