package io.gat.policy.evaluate;

import io.gat.policy.Condition;
import java.util.Objects;

/**
 * A condition of the document's {@code conditions:}, where a rule uses it; it means what it names.
 *
 * @param name as the document calls it
 */
public record NamedCondition(String name, Condition condition) implements Condition {
  public NamedCondition {
    Objects.requireNonNull(name);
    Objects.requireNonNull(condition);
  }

  @Override
  public String source() {
    return condition.source();
  }

  @Override
  public boolean holds(Input input) {
    return condition.holds(input);
  }
}
