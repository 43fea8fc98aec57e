package io.gat.policy.compile;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSource;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.parser.CelUnparser;
import dev.cel.parser.CelUnparserFactory;
import dev.cel.runtime.CelEvaluationException;
import io.gat.policy.Condition;
import io.gat.policy.evaluate.CelReading;
import io.gat.policy.evaluate.CombinedCondition;
import io.gat.policy.evaluate.NamedCondition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a condition apart on one call, for a person: which of its parts holds, and what the parts
 * read. A condition keeps no more than it needs to be evaluated, so its text is parsed again here;
 * whether the whole holds is always the condition's own answer. Safe to share between threads.
 */
public final class ConditionParts {
  private static final Set<String> READABLE = Set.of("token", "request", "path", "now");
  private static final String AND = "_&&_";
  private static final String OR = "_||_";

  /** Keeps the macros as they are written, to print them again. */
  private final CelParser parser =
      CelParserFactory.standardCelParserBuilder()
          .setOptions(
              CelOptions.current()
                  .maxExpressionCodePointSize(ConditionLanguage.MAX_LENGTH)
                  .populateMacroCalls(true)
                  .build())
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .build();

  private final CelUnparser unparser = CelUnparserFactory.newUnparser();

  /** How the parts of a part go together. */
  public enum Join {
    /** It has none. */
    NONE,
    ALL,
    ANY
  }

  /** What a part comes to. */
  public enum Outcome {
    HOLDS,
    DOES_NOT_HOLD,
    /** It has no value, so it does not hold; an OR may still. */
    FAILS
  }

  /**
   * A condition or a part of it.
   *
   * @param text its expression
   * @param name of a named condition; empty for others
   * @param why what failed, on one line; empty unless it {@link Outcome#FAILS}
   * @param seen what it reads: an expression and its value, in the order of its text
   */
  public record Part(
      String text,
      String name,
      Outcome outcome,
      String why,
      Join join,
      List<Part> parts,
      Map<String, CelReading> seen) {
    public Part {
      Objects.requireNonNull(text);
      Objects.requireNonNull(name);
      Objects.requireNonNull(outcome);
      Objects.requireNonNull(why);
      Objects.requireNonNull(join);
      parts = List.copyOf(parts);
    }
  }

  /** Reads a condition on one call. */
  public Part read(Condition condition, Condition.Input input) {
    return switch (condition) {
      case NamedCondition named -> {
        Part part = read(named.condition(), input);
        yield new Part(
            part.text(),
            named.name(),
            part.outcome(),
            part.why(),
            part.join(),
            part.parts(),
            part.seen());
      }
      case CombinedCondition combined ->
          new Part(
              combined.source(),
              "",
              outcome(combined.holds(input)),
              "",
              switch (combined.needed()) {
                case ALL -> Join.ALL;
                case ANY -> Join.ANY;
              },
              combined.parts().stream().map(part -> read(part, input)).toList(),
              Map.of());
      default -> expression(condition, input);
    };
  }

  private static Outcome outcome(boolean holds) {
    return holds ? Outcome.HOLDS : Outcome.DOES_NOT_HOLD;
  }

  private Part expression(Condition condition, Condition.Input input) {
    Part whole =
        new Part(
            condition.source(),
            "",
            outcome(condition.holds(input)),
            "",
            Join.NONE,
            List.of(),
            Map.of());
    try {
      CelAbstractSyntaxTree tree = parser.parse(condition.source()).getAst();
      Part read = new Reader(tree.getSource(), input).part(tree.getExpr());
      boolean failed = whole.outcome() != Outcome.HOLDS && read.outcome() == Outcome.FAILS;
      return new Part(
          whole.text(),
          "",
          failed ? Outcome.FAILS : whole.outcome(),
          failed ? read.why() : "",
          read.join(),
          read.parts(),
          read.seen());
    } catch (CelValidationException | RuntimeException e) {
      return whole; // not CEL, or not to be taken apart: its own answer has to do
    }
  }

  /** Reads the parts of one expression. */
  private final class Reader {
    private final CelSource source;
    private final Condition.Input input;

    Reader(CelSource source, Condition.Input input) {
      this.source = source;
      this.input = input;
    }

    Part part(CelExpr expression) {
      String text = unparser.unparse(tree(expression));
      CelReading reading = read(expression);
      Outcome outcome =
          switch (reading) {
            case CelReading.Value value -> outcome(Boolean.TRUE.equals(value.value()));
            case CelReading.Failure failure -> Outcome.FAILS;
          };
      String why = reading instanceof CelReading.Failure failure ? failure.why() : "";
      Join join = join(expression);
      if (join != Join.NONE) {
        List<Part> parts = new ArrayList<>();
        flatten(expression, join, parts);
        return new Part(text, "", outcome, why, join, parts, Map.of());
      }
      Map<String, CelReading> seen = new LinkedHashMap<>();
      collect(expression, seen);
      return new Part(text, "", outcome, why, join, List.of(), seen);
    }

    /** {@code a && b && c} has three parts, not two. */
    private void flatten(CelExpr expression, Join join, List<Part> parts) {
      for (CelExpr argument : expression.call().args()) {
        if (join(argument) == join) {
          flatten(argument, join, parts);
        } else {
          parts.add(part(argument));
        }
      }
    }

    private static Join join(CelExpr expression) {
      if (expression.getKind() != ExprKind.Kind.CALL) {
        return Join.NONE;
      }
      return switch (expression.call().function()) {
        case AND -> Join.ALL;
        case OR -> Join.ANY;
        default -> Join.NONE;
      };
    }

    private CelAbstractSyntaxTree tree(CelExpr expression) {
      return CelAbstractSyntaxTree.newParsedAst(expression, source);
    }

    private CelReading read(CelExpr expression) {
      try {
        CelAbstractSyntaxTree checked = ConditionLanguage.CEL.check(tree(expression)).getAst();
        return CelReading.of(ConditionLanguage.CEL.createProgram(checked), input);
      } catch (CelValidationException | CelEvaluationException e) {
        return new CelReading.Failure("it cannot be read alone");
      }
    }

    /** What an expression reads: the longest chains of fields and entries of our variables. */
    private void collect(CelExpr expression, Map<String, CelReading> seen) {
      Optional<CelExpr> chain = chain(expression);
      if (chain.isPresent()) {
        seen.computeIfAbsent(unparser.unparse(tree(chain.get())), text -> read(chain.get()));
        return;
      }
      switch (expression.getKind()) {
        case SELECT -> collect(expression.select().operand(), seen);
        case CALL -> {
          expression.call().target().ifPresent(target -> collect(target, seen));
          expression.call().args().forEach(argument -> collect(argument, seen));
        }
        case LIST -> expression.list().elements().forEach(element -> collect(element, seen));
        case MAP -> expression.map().entries().forEach(entry -> collect(entry.value(), seen));
        case COMPREHENSION -> collect(expression.comprehension().iterRange(), seen);
        case NOT_SET, CONSTANT, IDENT, STRUCT -> {}
      }
    }

    /** The expression itself where it is such a chain; {@code has(x.y)} reads x.y. */
    private static Optional<CelExpr> chain(CelExpr expression) {
      return switch (expression.getKind()) {
        case IDENT ->
            READABLE.contains(expression.ident().name())
                ? Optional.of(expression)
                : Optional.empty();
        case SELECT ->
            chain(expression.select().operand()).map(operand -> select(expression, operand));
        case CALL ->
            expression.call().function().equals("_[_]")
                    && expression.call().args().get(1).getKind() == ExprKind.Kind.CONSTANT
                ? chain(expression.call().args().get(0)).map(of -> expression)
                : Optional.empty();
        case NOT_SET, CONSTANT, LIST, STRUCT, MAP, COMPREHENSION -> Optional.empty();
      };
    }

    private static CelExpr select(CelExpr expression, CelExpr operand) {
      // Another id: by its own the printer would find the macro again.
      return expression.select().testOnly()
          ? CelExpr.ofSelect(0, operand, expression.select().field(), false)
          : expression;
    }
  }
}
