package io.gat.policy.compile;

import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CEL says about an expression, in the words of somebody who writes policies. A message that
 * is not known here is passed on as it is.
 */
record CelMessage(ProblemId id, String message, String remedy) {
  private static final String PAGE = "see the variables and functions in policy/README.md";

  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");
  private static final Pattern OVERLOAD =
      Pattern.compile(
          "found no matching overload for '([^']*)' applied to '([^']*)'(?: \\(candidates: (.*)\\))?");
  private static final Pattern SELECTION =
      Pattern.compile("type '([^']*)' does not support field selection");
  private static final Pattern UNEXPECTED =
      Pattern.compile("(?:mismatched|extraneous) input (.*?) expecting .*");
  private static final Pattern NO_WAY_ON = Pattern.compile("no viable alternative at input (.*)");
  private static final Pattern NO_TOKEN = Pattern.compile("token recognition error at: (.*)");
  private static final Pattern OPERATOR = Pattern.compile("[_@]*([^_@a-z]+|in)[_@]*");

  private static final Map<String, String> TYPES =
      Map.of(
          "google.protobuf.Timestamp", "timestamp",
          "google.protobuf.Duration", "duration",
          "map(string, string)", "map",
          "map(string, dyn)", "map",
          "map(string, list(string))", "map");

  static CelMessage of(String said) {
    String line = said.lines().findFirst().orElse("").strip();
    Optional<CelMessage> known =
        undeclared(line)
            .or(() -> overload(line))
            .or(() -> selection(line))
            .or(() -> syntax(line))
            .or(() -> limit(line));
    return known.orElseGet(
        () -> new CelMessage(ProblemId.CONDITION_SYNTAX, "not a condition: " + line, PAGE));
  }

  private static Optional<CelMessage> undeclared(String line) {
    Matcher matcher = UNDECLARED.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String name = matcher.group(1);
    return Optional.of(
        new CelMessage(
            ProblemId.CONDITION_UNKNOWN_NAME,
            "there is no variable or function `" + name + "`",
            Spelling.nearest(name, ConditionLanguage.names())
                .map(near -> "did you mean `" + near + "`?")
                .orElse(PAGE)));
  }

  private static Optional<CelMessage> overload(String line) {
    Matcher matcher = OVERLOAD.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String function = matcher.group(1);
    String given = types(matcher.group(2));
    Matcher operator = OPERATOR.matcher(function);
    if (operator.matches()) {
      return Optional.of(
          new CelMessage(
              ProblemId.CONDITION_TYPE,
              "`" + operator.group(1) + "` does not take " + given,
              "make both sides one type, such as with string(), int() or timestamp()"));
    }
    String candidates = matcher.group(3) == null ? "" : types(matcher.group(3));
    return Optional.of(
        new CelMessage(
            ProblemId.CONDITION_TYPE,
            "`" + function + "` does not take " + given,
            candidates.isEmpty() ? PAGE : "it takes " + candidates.replace("),(", ") or (")));
  }

  private static Optional<CelMessage> selection(String line) {
    Matcher matcher = SELECTION.matcher(line);
    return matcher.matches()
        ? Optional.of(
            new CelMessage(
                ProblemId.CONDITION_TYPE,
                "a value of type " + types(matcher.group(1)) + " has no fields",
                "remove what follows the dot; claims of your own are under `token.claims`"))
        : Optional.empty();
  }

  private static Optional<CelMessage> syntax(String line) {
    Matcher unexpected = UNEXPECTED.matcher(line);
    if (unexpected.matches()) {
      return Optional.of(unexpected(unexpected.group(1)));
    }
    Matcher noWayOn = NO_WAY_ON.matcher(line);
    if (noWayOn.matches()) {
      return Optional.of(unexpected(noWayOn.group(1)));
    }
    Matcher noToken = NO_TOKEN.matcher(line);
    return noToken.matches()
        ? Optional.of(
            new CelMessage(
                ProblemId.CONDITION_SYNTAX,
                noToken.group(1) + " is not part of CEL",
                "remove it, or close the quotes before it"))
        : Optional.empty();
  }

  private static CelMessage unexpected(String input) {
    return input.equals("'<EOF>'")
        ? new CelMessage(
            ProblemId.CONDITION_SYNTAX,
            "the condition ends too early",
            "write what is missing at its end, or close a bracket")
        : new CelMessage(
            ProblemId.CONDITION_SYNTAX,
            input + " does not fit here",
            "look at what stands before it: an operator, a bracket or a quote is missing or too"
                + " many");
  }

  private static Optional<CelMessage> limit(String line) {
    return line.contains("recursion limit")
        ? Optional.of(
            new CelMessage(
                ProblemId.CONDITION_TOO_LARGE,
                "the condition is nested too deep to be parsed",
                "split the rule"))
        : Optional.empty();
  }

  private static String types(String text) {
    String readable = text;
    for (Map.Entry<String, String> type : TYPES.entrySet()) {
      readable = readable.replace(type.getKey(), type.getValue());
    }
    return readable;
  }
}
