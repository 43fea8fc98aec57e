package io.gat.policy.evaluate;

import io.gat.policy.Condition;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Several conditions of which all or any must hold, asked in their order until one decides. */
public final class CombinedCondition implements Condition {
  private final List<Condition> parts;
  private final Needed needed;

  private CombinedCondition(List<Condition> parts, Needed needed) {
    this.parts = List.copyOf(parts);
    this.needed = Objects.requireNonNull(needed);
    if (this.parts.isEmpty()) {
      throw new IllegalArgumentException("at least one condition");
    }
  }

  /** How many of its parts must hold. */
  public enum Needed {
    ALL(" && "),
    ANY(" || ");

    private final String sign;

    Needed(String sign) {
      this.sign = sign;
    }
  }

  /** Holds where each of at least one part holds. */
  public static CombinedCondition all(List<Condition> parts) {
    return new CombinedCondition(parts, Needed.ALL);
  }

  /** Holds where one of at least one part holds, even if another fails. */
  public static CombinedCondition any(List<Condition> parts) {
    return new CombinedCondition(parts, Needed.ANY);
  }

  public List<Condition> parts() {
    return parts;
  }

  public Needed needed() {
    return needed;
  }

  /** The same in one expression. */
  @Override
  public String source() {
    return parts.stream()
        .map(part -> "(" + part.source() + ")")
        .collect(Collectors.joining(needed.sign));
  }

  @Override
  public boolean holds(Input input) {
    boolean decisive = needed == Needed.ANY;
    for (Condition part : parts) {
      if (part.holds(input) == decisive) {
        return decisive;
      }
    }
    return !decisive;
  }

  @Override
  public String toString() {
    return "CombinedCondition[" + source() + "]";
  }
}
