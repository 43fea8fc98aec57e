package io.gat.policy.compile;

import io.gat.policy.evaluate.Template;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads path templates: {@code /v1/orders/{id}}, {@code /files/{rest=**}}. */
final class Templates {
  private static final int MAX_PARTS = 64;
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z][a-zA-Z0-9_]*)(=\\*\\*)?}");
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  private Templates() {}

  /** Reads one template; notes what is wrong with it. */
  static Optional<Template> read(YamlNode node, String text, List<Problem> problems) {
    if (!text.startsWith("/")) {
      return refuse(
          node, "\"" + text + "\" does not start with a slash", "write /" + text, problems);
    }
    List<Template.Part> parts = new ArrayList<>();
    Set<String> names = new HashSet<>();
    String[] texts = text.substring(1).split("/", -1);
    if (texts.length > MAX_PARTS) {
      return refuse(
          node, "the template has more than " + MAX_PARTS + " segments", "shorten it", problems);
    }
    for (int i = 0; i < texts.length; i++) {
      String part = texts[i];
      boolean last = i == texts.length - 1;
      if (part.isEmpty() && !last) {
        return refuse(node, "the template has an empty segment", "write single slashes", problems);
      }
      Matcher variable = VARIABLE.matcher(part);
      if (variable.matches()) {
        String name = variable.group(1);
        if (RESERVED.contains(name)) {
          return refuse(
              node, "`" + name + "` is a word of CEL", "give the variable another name", problems);
        }
        if (!names.add(name)) {
          return refuse(
              node,
              "the variable `" + name + "` stands twice in the template",
              "give one of them another name",
              problems);
        }
        if (variable.group(2) == null) {
          parts.add(new Template.Part.One(name));
        } else if (last) {
          parts.add(new Template.Part.Rest(name));
        } else {
          return refuse(
              node,
              "{" + name + "=**} is not the last segment",
              "write {" + name + "} for one segment, or move it to the end",
              problems);
        }
      } else {
        Optional<String> wrong = wrongInLiteral(part);
        if (wrong.isPresent()) {
          return refuse(
              node,
              "the segment \"" + part + "\" " + wrong.get(),
              "write literal segments decoded, {name} for one segment and {name=**} for all that follow",
              problems);
        }
        parts.add(new Template.Part.Literal(part));
      }
    }
    return Optional.of(new Template(text, parts));
  }

  /** A literal that no canonical path could have would never match. */
  private static Optional<String> wrongInLiteral(String part) {
    if (part.indexOf('{') >= 0 || part.indexOf('}') >= 0) {
      return Optional.of("is not a variable: {name} or {name=**} with a name like orderId");
    }
    if (part.indexOf('*') >= 0) {
      return Optional.of("has a `*`, which is not a wildcard here");
    }
    if (part.indexOf('?') >= 0) {
      return Optional.of("has a `?`: templates are compared with the path alone");
    }
    for (char bad : new char[] {';', '#', '\\', '%'}) {
      if (part.indexOf(bad) >= 0) {
        return Optional.of("has a `" + bad + "`, which no canonical path has");
      }
    }
    if (part.equals(".") || part.equals("..")) {
      return Optional.of("is a dot segment, which no canonical path has");
    }
    if (part.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("has a control character, which no canonical path has");
    }
    return Optional.empty();
  }

  private static Optional<Template> refuse(
      YamlNode node, String message, String remedy, List<Problem> problems) {
    problems.add(new Problem(node.position(), node.path(), message, remedy));
    return Optional.empty();
  }
}
