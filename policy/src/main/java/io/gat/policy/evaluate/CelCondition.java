package io.gat.policy.evaluate;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import io.gat.policy.Condition;
import java.util.Objects;

/**
 * A condition that CEL evaluates; {@code io.gat.policy.compile} has type-checked and bounded it.
 */
public final class CelCondition implements Condition {
  private final String source;
  private final Program program;

  public CelCondition(String source, Program program) {
    this.source = Objects.requireNonNull(source);
    this.program = Objects.requireNonNull(program);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public boolean holds(Input input) {
    try {
      return Boolean.TRUE.equals(program.eval(new Facts(input)));
    } catch (CelEvaluationException | RuntimeException | StackOverflowError e) {
      // A missing claim, another type, too many iterations: whatever fails does not hold.
      return false;
    }
  }

  @Override
  public String toString() {
    return "CelCondition[" + source + "]";
  }
}
