package io.gat.policy.compile;

import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CEL says about an expression, in the words of somebody who writes policies. A message that
 * is not known here is passed on as it is.
 */
record CelMessage(ProblemId id, String message, String remedy) {
  private static final String PAGE = "see the variables and functions in policy/README.md";

  private record Translation(Pattern said, Function<MatchResult, CelMessage> meaning) {}

  private static final List<Translation> TRANSLATIONS =
      List.of(
          of("undeclared reference to '([^']*)'.*", m -> undeclared(m.group(1))),
          of(
              "found no matching overload for '([^']*)' applied to '(.*?)'"
                  + "(?: \\(candidates: (.*)\\))?",
              m -> overload(m.group(1), m.group(2), Objects.requireNonNullElse(m.group(3), ""))),
          of(
              "type '([^']*)' does not support field selection",
              m ->
                  type(
                      "a value of type " + types(m.group(1)) + " has no fields",
                      "remove what follows the dot; claims of your own are under `token.claims`")),
          of(
              "expression of type '([^']*)' cannot be range of a comprehension.*",
              m ->
                  type(
                      "a value of type " + types(m.group(1)) + " has nothing to go through",
                      "use it on a list or a map, such as `token.scopes`")),
          of("(?:mismatched|extraneous) input '<EOF>' .*", m -> endsEarly()),
          of("missing (.*) at .*", m -> missing(m.group(1))),
          of("(?:mismatched|extraneous) input (.*?) expecting .*", m -> unexpected(m.group(1))),
          of("no viable alternative at input (.*)", m -> unexpected(m.group(1))),
          of("token recognition error at: (.*)", m -> foreign(unquoted(m.group(1)).strip())),
          of(
              "reserved identifier: (.*)",
              m ->
                  syntax(
                      "`" + m.group(1) + "` is a word that CEL keeps for itself",
                      "a condition is one expression: leave it out")),
          of(
              ".*recursion limit.*",
              m ->
                  new CelMessage(
                      ProblemId.CONDITION_TOO_LARGE,
                      ConditionLanguage.FAR_TOO_DEEP,
                      ConditionLanguage.SPLIT)));

  private static final Map<String, String> TYPES =
      Map.of(
          "google.protobuf.Timestamp", "timestamp",
          "google.protobuf.Duration", "duration",
          "map(string, string)", "map",
          "map(string, dyn)", "map",
          "map(string, list(string))", "map");

  /** CEL's names of operators, and what helps where one does not fit. */
  private static final Map<String, String> OPERATORS =
      Map.ofEntries(
          Map.entry("_+_", "+"),
          Map.entry("_-_", "-"),
          Map.entry("_*_", "*"),
          Map.entry("_/_", "/"),
          Map.entry("_%_", "%"),
          Map.entry("_==_", "=="),
          Map.entry("_!=_", "!="),
          Map.entry("_<_", "<"),
          Map.entry("_<=_", "<="),
          Map.entry("_>_", ">"),
          Map.entry("_>=_", ">="),
          Map.entry("_&&_", "&&"),
          Map.entry("_||_", "||"),
          Map.entry("!_", "!"),
          Map.entry("-_", "-"),
          Map.entry("@in", "in"),
          Map.entry("_[_]", "[]"),
          Map.entry("_?_:_", "? :"));

  static CelMessage of(String said) {
    String line = said.lines().findFirst().orElse("").strip();
    for (Translation translation : TRANSLATIONS) {
      Matcher matcher = translation.said().matcher(line);
      if (matcher.matches()) {
        return translation.meaning().apply(matcher);
      }
    }
    return syntax("not a condition: " + line, PAGE);
  }

  private static Translation of(String said, Function<MatchResult, CelMessage> meaning) {
    return new Translation(Pattern.compile(said), meaning);
  }

  private static CelMessage type(String message, String remedy) {
    return new CelMessage(ProblemId.CONDITION_TYPE, message, remedy);
  }

  private static CelMessage syntax(String message, String remedy) {
    return new CelMessage(ProblemId.CONDITION_SYNTAX, message, remedy);
  }

  private static CelMessage undeclared(String name) {
    return new CelMessage(
        ProblemId.CONDITION_UNKNOWN_NAME,
        "there is no variable or function `" + name + "`",
        Spelling.nearest(name, ConditionLanguage.names())
            .map(near -> "did you mean `" + near + "`?")
            .orElse(PAGE));
  }

  private static CelMessage overload(String function, String given, String candidates) {
    String operator = OPERATORS.get(function);
    if (operator != null) {
      return type(
          "`" + operator + "` does not take " + types(given),
          switch (operator) {
            case "&&", "||", "!", "? :" -> "it takes true or false: compare the value first";
            case "in" -> "on its right is a list or a map; for a part of a text use contains()";
            case "[]" -> "it takes a list or a map; for a part of a text use charAt()";
            case "-" -> "it takes numbers, and times";
            default -> "make both sides one type, such as with string(), int() or timestamp()";
          });
    }
    int member = given.indexOf(".(");
    String name =
        "`" + function + "`" + (member < 0 ? "" : " of " + types(given.substring(0, member)));
    String arguments = types(given.substring(member + 1));
    String takes = types(candidates).replaceAll("[^(,\\s]*(?:\\([^)]*\\))?\\.\\(", "(");
    return type(
        name + " does not take " + arguments,
        candidates.isEmpty() ? PAGE : "it takes " + takes.replace("),(", ") or ("));
  }

  private static CelMessage endsEarly() {
    return syntax(
        "the condition ends too early", "write what is missing at its end, or close a bracket");
  }

  private static CelMessage missing(String token) {
    return syntax("`" + unquoted(token) + "` is missing", "add it");
  }

  private static CelMessage unexpected(String input) {
    return syntax(
        "`" + unquoted(input) + "` does not fit here",
        "look at what stands before it: an operator, a bracket or a quote is missing or too many");
  }

  private static CelMessage foreign(String input) {
    if (input.startsWith("'") || input.startsWith("\"")) {
      return syntax("the text `" + input + "` is not closed", "add the closing quote");
    }
    String word = input.startsWith("=") ? "=" : input;
    return syntax(
        "`" + word + "` is not part of CEL",
        switch (word) {
          case "=" -> "write `==` to compare";
          case "&" -> "write `&&`";
          case "|" -> "write `||`";
          default -> "remove it";
        });
  }

  // ANTLR puts one pair of quotes around whatever it repeats.
  private static String unquoted(String input) {
    return input.length() > 1 && input.startsWith("'") && input.endsWith("'")
        ? input.substring(1, input.length() - 1)
        : input;
  }

  private static String types(String text) {
    String readable = text.replaceAll("%([A-Z])[0-9]+", "$1");
    for (Map.Entry<String, String> type : TYPES.entrySet()) {
      readable = readable.replace(type.getKey(), type.getValue());
    }
    return readable;
  }
}
