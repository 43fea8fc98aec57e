package io.gat.policy.evaluate;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import io.gat.policy.Condition;
import java.util.Objects;

/** What an expression comes to on one call, told for a person. */
public sealed interface CelReading {
  /** It has this value: one of CEL's. */
  record Value(Object value) implements CelReading {
    public Value {
      Objects.requireNonNull(value);
    }
  }

  /**
   * It has none.
   *
   * @param why one line
   */
  record Failure(String why) implements CelReading {
    public Failure {
      Objects.requireNonNull(why);
    }
  }

  /** Evaluates a planned expression as {@link CelCondition} does; never throws. */
  static CelReading of(Program program, Condition.Input input) {
    try {
      Object value = program.eval(new Facts(input));
      return value == null ? new Failure("it has no value") : new Value(value);
    } catch (CelEvaluationException | RuntimeException e) {
      return new Failure(line(String.valueOf(e.getMessage())));
    } catch (StackOverflowError e) {
      return new Failure("it is too deep");
    }
  }

  /** CEL's own message without the place, which is of no use for a part of an expression. */
  private static String line(String message) {
    String first = message.lines().findFirst().orElse("it fails").strip();
    return first.replaceFirst("^evaluation error(?: at [^ ]*)?: ", "");
  }
}
