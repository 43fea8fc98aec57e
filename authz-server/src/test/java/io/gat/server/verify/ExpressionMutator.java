package io.gat.server.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes a condition: to always and never, each operator, each part of a conjunction, anchors. */
final class ExpressionMutator {
  private static final String AND = " && ";
  private static final Map<String, String> OPERATORS =
      Map.of(
          " == ", " != ", " != ", " == ", AND, " || ", " || ", AND, " < ", " <= ", " <= ", " < ",
          "!has(", "has(", "'^", "'", "$'", "'");
  private static final Pattern OPERATOR =
      Pattern.compile(
          String.join("|", OPERATORS.keySet().stream().map(Pattern::quote).sorted().toList()));

  private ExpressionMutator() {}

  static List<Mutation> of(Object value) {
    String text = Mutation.text(value);
    List<Mutation> mutations = new ArrayList<>();
    mutations.add(new Mutation("always true", "true"));
    mutations.add(new Mutation("always false", "false"));
    Matcher operator = OPERATOR.matcher(text);
    while (operator.find()) {
      String other =
          text.substring(0, operator.start())
              + OPERATORS.getOrDefault(operator.group(), "")
              + text.substring(operator.end());
      mutations.add(new Mutation(other, other));
    }
    List<String> parts = Arrays.asList(text.split(AND, -1));
    for (int i = 0; i < parts.size() && parts.size() > 1; i++) {
      List<String> fewer = new ArrayList<>(parts);
      fewer.remove(i);
      mutations.add(new Mutation("without " + parts.get(i), String.join(AND, fewer)));
    }
    return mutations;
  }
}
