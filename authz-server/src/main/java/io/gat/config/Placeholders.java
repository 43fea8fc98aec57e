package io.gat.config;

import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Puts values of the environment where a scalar says {@code ${NAME}}; a second dollar sign before
 * the brace's makes a plain text of it. Keys are left alone.
 *
 * <p>A value is never read as YAML: it stays one text, whatever is in it. Where a number or a truth
 * value must stand, a text of that form will do, with quotes around the placeholder or without:
 * inside of braces YAML asks for them.
 *
 * <p>No message shows a value: where one would, it shows the placeholder.
 */
final class Placeholders {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\x{2028}]");

  /** What is shorter may stand in any message by chance. */
  private static final int TELLING = 4;

  private final Map<String, String> environment;
  private final Path folder;
  private final List<Problem> problems;

  /** By the path of the scalar: whatever else is said of it comes from this. */
  private final Map<String, Problem> refused = new HashMap<>();

  /** By the path of the scalar; longer values come before those that they contain. */
  private final Map<String, Map<String, String>> shown = new LinkedHashMap<>();

  /**
   * Placeholders of one file.
   *
   * @param folder what the file's relative paths are relative to
   * @param problems where to note what is wrong
   */
  Placeholders(Map<String, String> environment, Path folder, List<Problem> problems) {
    this.environment = environment;
    this.folder = folder;
    this.problems = problems;
  }

  /** The same tree with values in place of placeholders. */
  YamlNode filled(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar scalar -> scalar.text().contains("${") ? filled(scalar) : scalar;
      case YamlNode.Sequence list ->
          new YamlNode.Sequence(
              list.position(),
              list.endColumn(),
              list.path(),
              list.items().stream().map(this::filled).toList());
      case YamlNode.Mapping mapping ->
          new YamlNode.Mapping(
              mapping.position(),
              mapping.endColumn(),
              mapping.path(),
              mapping.entries().stream()
                  .map(
                      e ->
                          new YamlNode.Entry(
                              e.key(), e.keyPosition(), e.keyEndColumn(), filled(e.value())))
                  .toList());
    };
  }

  private YamlNode.Scalar filled(YamlNode.Scalar scalar) {
    String raw = scalar.text();
    StringBuilder out = new StringBuilder();
    Map<String, String> values = new LinkedHashMap<>();
    int at = 0;
    while (at < raw.length()) {
      int open = raw.indexOf("${", at);
      if (open < 0) {
        break;
      }
      if (open > at && raw.charAt(open - 1) == '$') {
        out.append(raw, at, open - 1).append("${");
        at = open + 2;
        continue;
      }
      out.append(raw, at, open);
      int close = raw.indexOf('}', open);
      String name = close < 0 ? "" : raw.substring(open + 2, close);
      if (!NAME.matcher(name).matches()) {
        refuse(
            scalar,
            "not a placeholder for a value of the environment",
            "write ${NAME} with letters, digits and _, or $${ for a plain ${");
        return scalar;
      }
      String value = environment.get(name);
      if (value == null) {
        refuse(
            scalar,
            "the environment has no variable " + name,
            "set " + name + " for the process that runs gat, or write the value here");
        return scalar;
      }
      values.put(value, "${" + name + "}");
      out.append(value);
      at = close + 1;
    }
    out.append(raw, at, raw.length());
    String text = out.toString();
    if (!values.isEmpty()) {
      hide(scalar.path(), text, raw, values);
    }
    return new YamlNode.Scalar(
        scalar.position(),
        scalar.endColumn(),
        scalar.path(),
        text,
        YamlNode.Kind.TEXT,
        YamlNode.Style.PLAIN);
  }

  /**
   * True for a value that came from the environment: YAML itself has no text without quotes that
   * looks like a number or a truth value.
   */
  static boolean mayBeNumberOrTruth(YamlNode.Scalar scalar) {
    return scalar.kind() == YamlNode.Kind.TEXT && scalar.style() == YamlNode.Style.PLAIN;
  }

  private void refuse(YamlNode node, String message, String remedy) {
    Problem problem = Problem.of(ProblemId.WRONG_VALUE, node, message, remedy);
    refused.put(node.path(), problem);
    problems.add(problem);
  }

  /** What of a scalar no message may show, and what it shows instead. */
  private void hide(String path, String text, String raw, Map<String, String> values) {
    Map<String, String> hidden = new LinkedHashMap<>();
    try {
      Path resolved = folder.resolve(text).normalize();
      hidden.put(resolved.toString(), raw);
    } catch (InvalidPathException e) {
      // It can't be shown as a path then.
    }
    hidden.put(text, raw);
    hidden.putAll(values);
    // Some messages show spaces for control characters.
    new LinkedHashMap<>(hidden)
        .forEach((value, name) -> hidden.putIfAbsent(CONTROL.matcher(value).replaceAll(" "), name));
    Map<String, String> longestFirst = new LinkedHashMap<>();
    hidden.entrySet().stream()
        .sorted((a, b) -> Integer.compare(b.getKey().length(), a.getKey().length()))
        .forEach(e -> longestFirst.put(e.getKey(), e.getValue()));
    shown.put(path, longestFirst);
  }

  /** The problems without the values that placeholders stand for. */
  List<Problem> redacted(List<Problem> found) {
    List<Problem> redacted = new ArrayList<>();
    for (Problem problem : found) {
      if (!refused.getOrDefault(problem.path(), problem).equals(problem)) {
        continue;
      }
      String message = problem.message();
      String remedy = problem.remedy();
      for (Map.Entry<String, Map<String, String>> one : shown.entrySet()) {
        boolean own = problem.path().equals(one.getKey());
        for (Map.Entry<String, String> hidden : one.getValue().entrySet()) {
          String value = hidden.getKey();
          if (!value.isEmpty() && (own || value.length() >= TELLING)) {
            message = message.replace(value, hidden.getValue());
          }
          if (value.length() >= TELLING) {
            remedy = remedy.replace(value, hidden.getValue());
          }
        }
      }
      redacted.add(
          new Problem(
              problem.id(),
              problem.position(),
              problem.endColumn(),
              problem.path(),
              message,
              remedy));
    }
    return redacted;
  }
}
