package io.gat.policy.compile;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks what CEL's type checker does not: an expression's size, and the path variables' names. */
final class ConditionTree {
  private final CelExpr root;
  private final Map<Long, Integer> positions;
  private final List<PathTemplate> templates;
  private final List<Remark> doubts = new ArrayList<>();
  private int nodes;

  ConditionTree(CelAbstractSyntaxTree tree, List<PathTemplate> templates) {
    this.root = tree.getExpr();
    this.positions = tree.getSource().getPositionsMap();
    this.templates = List.copyOf(templates);
  }

  /**
   * Something to say about an expression.
   *
   * @param offset where, in code points from the expression's start; of a field, its dot
   */
  record Remark(ProblemId id, int offset, String message, String remedy) {}

  Optional<Remark> fault() {
    doubts.clear();
    nodes = 0;
    return fault(root, 1);
  }

  /** What is allowed but seldom meant, once {@link #fault} has looked. */
  List<Remark> doubts() {
    return List.copyOf(doubts);
  }

  private Optional<Remark> fault(CelExpr expression, int depth) {
    nodes++;
    if (depth > ConditionLanguage.MAX_DEPTH) {
      return Optional.of(
          at(
              ProblemId.CONDITION_TOO_LARGE,
              root,
              "the condition is nested deeper than " + ConditionLanguage.MAX_DEPTH,
              "split it"));
    }
    if (nodes > ConditionLanguage.MAX_NODES) {
      return Optional.of(
          at(
              ProblemId.CONDITION_TOO_LARGE,
              root,
              "the condition has more than " + ConditionLanguage.MAX_NODES + " nodes",
              "split it"));
    }
    Optional<String> name = variable(expression);
    if (name.isPresent()) {
      long having = templates.stream().filter(t -> t.variables().contains(name.get())).count();
      if (having == 0) {
        return Optional.of(unknown(expression, name.get()));
      }
      if (having < templates.size()) {
        doubts.add(
            at(
                ProblemId.PARTIAL_VARIABLE,
                placeOf(expression),
                "not every path of the rule has the variable `" + name.get() + "`",
                "on the others the condition is false: give them a rule of their own"));
      }
    }
    Optional<Remark> field = field(expression);
    if (field.isPresent()) {
      return field;
    }
    for (CelExpr child : children(expression)) {
      Optional<Remark> fault = fault(child, depth + 1);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
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

  private Remark unknown(CelExpr expression, String name) {
    Set<String> known = new TreeSet<>();
    templates.forEach(template -> known.addAll(template.variables()));
    return at(
        ProblemId.CONDITION_UNKNOWN_VARIABLE,
        placeOf(expression),
        "no path of the rule has the variable `" + name + "`",
        known.isEmpty() ? "its paths have none" : Spelling.remedy(name, known));
  }

  private Remark at(ProblemId id, CelExpr expression, String message, String remedy) {
    return new Remark(id, positions.getOrDefault(expression.id(), 0), message, remedy);
  }

  /** The name in {@code path.name} and {@code path["name"]}. */
  private static Optional<String> variable(CelExpr expression) {
    if (expression.getKind() == ExprKind.Kind.SELECT && isPath(expression.select().operand())) {
      return Optional.of(expression.select().field());
    }
    if (expression.getKind() == ExprKind.Kind.CALL) {
      CelExpr.CelCall call = expression.call();
      if (call.function().equals("_[_]")
          && isPath(call.args().get(0))
          && call.args().get(1).getKind() == ExprKind.Kind.CONSTANT
          && call.args().get(1).constant().getKind() == CelConstant.Kind.STRING_VALUE) {
        return Optional.of(call.args().get(1).constant().stringValue());
      }
    }
    return Optional.empty();
  }

  /** Of {@code path["name"]} the name; of anything else, itself. */
  private static CelExpr placeOf(CelExpr variable) {
    return variable.getKind() == ExprKind.Kind.CALL ? variable.call().args().get(1) : variable;
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
