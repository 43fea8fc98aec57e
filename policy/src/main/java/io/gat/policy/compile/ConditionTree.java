package io.gat.policy.compile;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at what CEL's type checker does not: an expression's size, its regular expressions, the
 * fields of our variables, and which path variables it reads.
 */
final class ConditionTree {
  private final CelExpr root;
  private final Map<Long, Integer> positions;
  private final List<Variable> variables = new ArrayList<>();
  private final Set<String> functions = new HashSet<>();
  private final List<Remark> faults = new ArrayList<>();
  private int nodes;
  private int depth;
  private int loops;

  ConditionTree(CelAbstractSyntaxTree tree) {
    this.root = tree.getExpr();
    this.positions = tree.getSource().getPositionsMap();
    walk(root, 1, 0);
  }

  /**
   * Something to say about an expression.
   *
   * @param offset where, in code points from the expression's start
   */
  record Remark(ProblemId id, int offset, String message, String remedy) {}

  /**
   * A path variable that it reads.
   *
   * @param offset where, in code points from the expression's start
   */
  record Variable(String name, int offset) {}

  /** What is wrong with it: a budget that it exceeds, or else the first wrong word. */
  Optional<Remark> fault() {
    return over("nodes", nodes, ConditionLanguage.MAX_NODES)
        .or(() -> over("levels", depth, ConditionLanguage.MAX_DEPTH))
        .or(() -> over("loops in each other", loops, ConditionLanguage.MAX_LOOPS))
        .or(
            () ->
                over(
                    "rounds of its loops over its own lists",
                    iterations(root),
                    ConditionLanguage.MAX_ITERATIONS))
        .or(() -> faults.stream().findFirst());
  }

  /** Every place where it reads a path variable, in the order of the text. */
  List<Variable> variables() {
    return List.copyOf(variables);
  }

  /** The functions and operators that it calls, by CEL's names. */
  Set<String> functions() {
    return Set.copyOf(functions);
  }

  /** A budget's name, an expression's need and the limit, where the need is above the limit. */
  static Optional<String> over(String what, long need, long limit, String prefix) {
    return need <= limit
        ? Optional.empty()
        : Optional.of(prefix + " has " + need + " " + what + ", its budget is " + limit);
  }

  private Optional<Remark> over(String what, long need, long limit) {
    return over(what, need, limit, "the condition")
        .map(message -> at(ProblemId.CONDITION_TOO_LARGE, root, message, ConditionLanguage.SPLIT));
  }

  private void walk(CelExpr expression, int level, int loopsAround) {
    nodes++;
    depth = Math.max(depth, level);
    loops = Math.max(loops, loopsAround);
    variable(expression)
        .ifPresent(name -> variables.add(new Variable(name, offset(named(expression)))));
    field(expression).ifPresent(faults::add);
    pattern(expression).ifPresent(faults::add);
    if (expression.getKind() == ExprKind.Kind.CALL) {
      functions.add(expression.call().function());
    }
    int inside = loopsAround;
    for (CelExpr child : children(expression)) {
      walk(child, level + 1, inside);
      if (expression.getKind() == ExprKind.Kind.COMPREHENSION) {
        // The first child is what the loop goes over, which is read once, outside of it.
        inside = loopsAround + 1;
      }
    }
  }

  /** How often its loops go round, as far as lists and maps that stand in it tell. */
  private static long iterations(CelExpr expression) {
    if (expression.getKind() != ExprKind.Kind.COMPREHENSION) {
      long sum = 0;
      for (CelExpr child : children(expression)) {
        sum += iterations(child);
      }
      return sum;
    }
    CelExpr.CelComprehension loop = expression.comprehension();
    CelExpr range = loop.iterRange();
    long rounds =
        switch (range.getKind()) {
          case LIST -> range.list().elements().size();
          case MAP -> range.map().entries().size();
          case NOT_SET, CONSTANT, IDENT, SELECT, CALL, STRUCT, COMPREHENSION -> 1;
        };
    long once = 1 + iterations(loop.loopCondition()) + iterations(loop.loopStep());
    return iterations(range)
        + iterations(loop.accuInit())
        + rounds * once
        + iterations(loop.result());
  }

  private Optional<Remark> field(CelExpr expression) {
    if (expression.getKind() != ExprKind.Kind.SELECT
        || expression.select().operand().getKind() != ExprKind.Kind.IDENT) {
      return Optional.empty();
    }
    String of = expression.select().operand().ident().name();
    String field = expression.select().field();
    List<String> known = ConditionLanguage.fields(of);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    if (!known.contains(field)) {
      String message = "`" + of + "` has no field `" + field + "`";
      return Optional.of(
          at(
              ProblemId.CONDITION_UNKNOWN_FIELD,
              expression,
              message,
              Spelling.remedy(field, known)));
    }
    return expression.select().testOnly()
        ? Optional.of(
            at(
                ProblemId.CONDITION_UNKNOWN_FIELD,
                expression,
                "`" + of + "." + field + "` is always there",
                "compare its value"))
        : Optional.empty();
  }

  /** What is wrong with the pattern of {@code text.matches("pattern")}, where it is written out. */
  private Optional<Remark> pattern(CelExpr expression) {
    if (expression.getKind() != ExprKind.Kind.CALL
        || !expression.call().function().equals("matches")) {
      return Optional.empty();
    }
    List<CelExpr> arguments = expression.call().args();
    Optional<String> text = arguments.isEmpty() ? Optional.empty() : text(arguments.getLast());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    CelExpr place = arguments.getLast();
    try {
      int size = Pattern.compile(text.get()).programSize();
      return over("instructions", size, ConditionLanguage.MAX_REGEX_PROGRAM, "the pattern")
          .map(
              message ->
                  at(ProblemId.CONDITION_TOO_LARGE, place, message, "write a shorter pattern"));
    } catch (PatternSyntaxException e) {
      return Optional.of(
          at(
              ProblemId.CONDITION_PATTERN,
              place,
              "not a pattern of RE2: " + e.getDescription() + ": `" + e.getPattern() + "`",
              "RE2 has no lookaround and no backreferences: github.com/google/re2/wiki/Syntax"));
    }
  }

  private Remark at(ProblemId id, CelExpr expression, String message, String remedy) {
    return new Remark(id, offset(expression), message, remedy);
  }

  private int offset(CelExpr expression) {
    return positions.getOrDefault(expression.id(), 0);
  }

  /** The name in {@code path.name} and {@code path["name"]}. */
  private static Optional<String> variable(CelExpr expression) {
    if (expression.getKind() == ExprKind.Kind.SELECT && isPath(expression.select().operand())) {
      return Optional.of(expression.select().field());
    }
    if (expression.getKind() == ExprKind.Kind.CALL) {
      CelExpr.CelCall call = expression.call();
      if (call.function().equals("_[_]") && isPath(call.args().get(0))) {
        return text(call.args().get(1));
      }
    }
    return Optional.empty();
  }

  /** Of {@code path["name"]} the name; of {@code path.name} itself. */
  private static CelExpr named(CelExpr variable) {
    return variable.getKind() == ExprKind.Kind.CALL ? variable.call().args().get(1) : variable;
  }

  private static Optional<String> text(CelExpr expression) {
    return expression.getKind() == ExprKind.Kind.CONSTANT
            && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE
        ? Optional.of(expression.constant().stringValue())
        : Optional.empty();
  }

  private static boolean isPath(CelExpr expression) {
    return expression.getKind() == ExprKind.Kind.IDENT && expression.ident().name().equals("path");
  }

  private static List<CelExpr> children(CelExpr expression) {
    List<CelExpr> children = new ArrayList<>();
    switch (expression.getKind()) {
      case SELECT -> children.add(expression.select().operand());
      case CALL -> {
        expression.call().target().ifPresent(children::add);
        children.addAll(expression.call().args());
      }
      case LIST -> children.addAll(expression.list().elements());
      case STRUCT -> expression.struct().entries().forEach(e -> children.add(e.value()));
      case MAP ->
          expression
              .map()
              .entries()
              .forEach(
                  e -> {
                    children.add(e.key());
                    children.add(e.value());
                  });
      case COMPREHENSION -> {
        CelExpr.CelComprehension loop = expression.comprehension();
        children.add(loop.iterRange());
        children.add(loop.accuInit());
        children.add(loop.loopCondition());
        children.add(loop.loopStep());
        children.add(loop.result());
      }
      case NOT_SET, CONSTANT, IDENT -> {}
    }
    return children;
  }
}
