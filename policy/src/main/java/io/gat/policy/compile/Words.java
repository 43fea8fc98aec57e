package io.gat.policy.compile;

import io.gat.policy.CanonicalHost;
import io.gat.policy.HttpToken;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks lists of words: methods, scopes, hosts, names of others. */
final class Words {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private final Problems problems;

  Words(Problems problems) {
    this.problems = problems;
  }

  Set<String> methods(List<YamlNode.Scalar> texts) {
    Set<String> methods = new LinkedHashSet<>();
    for (YamlNode.Scalar node : texts) {
      String text = node.text();
      String upper = text.toUpperCase(Locale.ROOT);
      if (!HttpToken.isToken(text) || text.equals("*")) {
        problems.add(
            ProblemId.NOT_A_METHOD,
            node,
            node.described() + " is not an HTTP method",
            text.equals("*") ? "leave `methods` out for any method" : "write one such as GET");
      } else if (!METHODS.contains(text) && METHODS.contains(upper)) {
        problems.add(
            ProblemId.METHOD_CASE,
            node,
            "methods are case-sensitive, and no client sends `" + text + "`",
            "did you mean " + upper + "?");
      } else {
        methods.add(text);
      }
    }
    return methods;
  }

  /** Scope tokens of RFC 6749, section 3.3. */
  Set<String> scopes(List<YamlNode.Scalar> texts) {
    Set<String> scopes = new LinkedHashSet<>();
    for (YamlNode.Scalar node : texts) {
      if (node.text().indexOf(' ') >= 0) {
        problems.add(
            ProblemId.NOT_A_SCOPE, node, "one entry is one scope", "write a list: [one, two]");
      } else if (!node.text()
          .chars()
          .allMatch(c -> c > 0x20 && c < 0x7f && c != '"' && c != '\\')) {
        problems.add(
            ProblemId.NOT_A_SCOPE,
            node,
            node.described() + " is not a scope",
            "use printable ASCII without space, quote and backslash");
      } else {
        scopes.add(node.text());
      }
    }
    return scopes;
  }

  /** Names of audiences, workloads, principals: any text without blanks and controls. */
  Map<String, YamlNode.Scalar> names(List<YamlNode.Scalar> texts) {
    Map<String, YamlNode.Scalar> names = new LinkedHashMap<>();
    for (YamlNode.Scalar node : texts) {
      if (node.text()
          .chars()
          .anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
        problems.add(
            ProblemId.BLANK_IN_NAME, node, node.described() + " has a blank in it", "remove it");
      } else {
        names.put(node.text(), node);
      }
    }
    return names;
  }

  /** Hosts by their canonical form. */
  Map<String, YamlNode.Scalar> hosts(List<YamlNode.Scalar> texts) {
    Map<String, YamlNode.Scalar> hosts = new LinkedHashMap<>();
    for (YamlNode.Scalar node : texts) {
      String text = node.text();
      boolean wild = text.startsWith("*.");
      String name = wild ? text.substring(2) : text;
      if (text.contains("://")) {
        problems.add(ProblemId.NOT_A_HOST, node, "a host has no scheme", "write the name only");
      } else if (name.indexOf('*') >= 0) {
        problems.add(
            ProblemId.NOT_A_HOST,
            node,
            "`*` may only be the first label of a host",
            "write something like *.example.com");
      } else if (name.indexOf('/') >= 0) {
        problems.add(
            ProblemId.NOT_A_HOST,
            node,
            "a host has no path",
            "put the path into `paths` of a rule");
      } else if ((!name.startsWith("[") && name.indexOf(':') >= 0) || name.contains("]:")) {
        problems.add(
            ProblemId.NOT_A_HOST,
            node,
            "a host has no port",
            "write the name only; every port is meant");
      } else {
        switch (CanonicalHost.parse(name)) {
          case CanonicalHost.Canonical canonical when !canonical.host().isEmpty() -> {
            if (hosts.put((wild ? "*." : "") + canonical.host(), node) != null) {
              problems.add(
                  ProblemId.DUPLICATE_VALUE,
                  node,
                  node.described() + " stands twice",
                  "remove one of them");
            }
          }
          case CanonicalHost.Canonical empty -> notHost(node);
          case CanonicalHost.Ambiguous ambiguous -> notHost(node);
        }
      }
    }
    return hosts;
  }

  private void notHost(YamlNode.Scalar node) {
    problems.add(
        ProblemId.NOT_A_HOST,
        node,
        node.described() + " is not a host name",
        "use letters, digits, - and _ between dots, up to 253 characters");
  }
}
