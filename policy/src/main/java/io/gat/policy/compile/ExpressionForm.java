package io.gat.policy.compile;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes a CEL expression as {@link ConditionForm} has it; one expression each, not shared. */
final class ExpressionForm {
  private static final String AND = "_&&_";
  private static final String OR = "_||_";

  private final Map<String, String> places;
  private final Set<String> fields = new TreeSet<>();
  private final Deque<String> bound = new ArrayDeque<>();

  /**
   * A writer.
   *
   * @param places what each path variable is written as
   */
  ExpressionForm(Map<String, String> places) {
    this.places = new TreeMap<>(places);
  }

  /** The fields of the call and the token that were read so far. */
  Set<String> fields() {
    return fields;
  }

  Set<Set<String>> clauses(CelExpr expression) {
    return operands(expression, AND)
        .map(clause -> operands(clause, OR).map(this::text).collect(Collectors.toUnmodifiableSet()))
        .collect(Collectors.toSet());
  }

  /** Clauses as one text. */
  static String join(String sign, Set<Set<String>> clauses) {
    return clauses.stream()
        .map(clause -> "(|| " + String.join(" ", new TreeSet<>(clause)) + ")")
        .sorted()
        .collect(Collectors.joining(" ", "(" + sign + " ", ")"));
  }

  private static Stream<CelExpr> operands(CelExpr expression, String function) {
    return expression.getKind() == ExprKind.Kind.CALL
            && expression.call().function().equals(function)
        ? expression.call().args().stream().flatMap(argument -> operands(argument, function))
        : Stream.of(expression);
  }

  private String text(CelExpr expression) {
    return switch (expression.getKind()) {
      case NOT_SET -> "()";
      case CONSTANT -> constant(expression.constant());
      case IDENT -> name(expression.ident().name());
      case SELECT -> select(expression.select());
      case CALL -> call(expression.call());
      case LIST -> "[" + texts(expression.list().elements()) + "]";
      case MAP ->
          expression.map().entries().stream()
              .map(e -> text(e.key()) + ":" + text(e.value()))
              .collect(Collectors.joining(" ", "{", "}"));
      case STRUCT ->
          expression.struct().entries().stream()
              .map(e -> e.fieldKey() + ":" + text(e.value()))
              .collect(Collectors.joining(" ", expression.struct().messageName() + "{", "}"));
      case COMPREHENSION -> loop(expression.comprehension());
    };
  }

  private String texts(List<CelExpr> expressions) {
    return expressions.stream().map(this::text).collect(Collectors.joining(" "));
  }

  /** With the length of a text before it, so that no text can look like an expression. */
  private static String constant(CelConstant constant) {
    String value =
        switch (constant.getKind()) {
          case BYTES_VALUE -> HexFormat.of().formatHex(constant.bytesValue().toByteArray());
          case STRING_VALUE -> constant.stringValue();
          case NOT_SET,
              NULL_VALUE,
              BOOLEAN_VALUE,
              INT64_VALUE,
              UINT64_VALUE,
              DOUBLE_VALUE,
              TIMESTAMP_VALUE,
              DURATION_VALUE ->
              constant.toString();
        };
    return constant.getKind() + "(" + value.length() + ":" + value + ")";
  }

  private String name(String name) {
    // A whole path is a map by the variables' names, so these count.
    return name.equals("path") && isFree(name) ? "path" + places : name;
  }

  private String select(CelExpr.CelSelect select) {
    CelExpr of = select.operand();
    String has = select.testOnly() ? "has " : "";
    if (of.getKind() == ExprKind.Kind.IDENT) {
      String name = of.ident().name();
      if (name.equals("path") && isFree(name)) {
        return "(" + has + place(select.field()) + ")";
      }
      if (name.equals("token") || name.equals("request")) {
        fields.add(name + "." + select.field());
      }
    }
    return "(" + has + "." + select.field() + " " + text(of) + ")";
  }

  private String place(String variable) {
    return places.getOrDefault(variable, "#absent");
  }

  private String call(CelExpr.CelCall call) {
    if (call.function().equals("_[_]")) {
      CelExpr of = call.args().get(0);
      CelExpr key = call.args().get(1);
      if (of.getKind() == ExprKind.Kind.IDENT
          && of.ident().name().equals("path")
          && isFree("path")
          && key.getKind() == ExprKind.Kind.CONSTANT
          && key.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
        return "(" + place(key.constant().stringValue()) + ")";
      }
    }
    String target = call.target().map(t -> text(t) + " . ").orElse("");
    return "(" + target + call.function() + " " + texts(call.args()) + ")";
  }

  private String loop(CelExpr.CelComprehension loop) {
    String range = text(loop.iterRange());
    String start = text(loop.accuInit());
    Set<String> names = new HashSet<>(Set.of(loop.iterVar(), loop.accuVar()));
    names.add(loop.iterVar2());
    names.forEach(bound::push);
    String body =
        text(loop.loopCondition()) + " " + text(loop.loopStep()) + " " + text(loop.result());
    names.forEach(bound::remove);
    return "(loop "
        + String.join(",", loop.iterVar(), loop.iterVar2(), loop.accuVar())
        + " "
        + range
        + " "
        + start
        + " "
        + body
        + ")";
  }

  private boolean isFree(String name) {
    return !bound.contains(name);
  }
}
