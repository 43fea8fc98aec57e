package io.gat.policy.compile;

import io.gat.policy.CanonicalHost;
import io.gat.policy.evaluate.HttpToken;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlSection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads lists of words, each in a form of its own; one text stands for a list of one. */
final class Words {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** RFC 6749, section 3.3: scope-token. */
  private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private Words() {}

  /** What one word must be. */
  interface Form {
    /** The word as gat compares it; notes a problem and gives nothing where it is not one. */
    Optional<String> read(YamlNode node, String text, List<Problem> problems);
  }

  /** The words under a key, without repetitions; an empty list is a problem. */
  static Set<String> read(YamlSection section, String key, Form form, List<Problem> problems) {
    Set<String> words = new LinkedHashSet<>();
    for (YamlNode node : nodes(section, key)) {
      String text = section.text(node);
      if (text != null) {
        Optional<String> word = form.read(node, text, problems);
        if (word.isPresent() && !words.add(word.get())) {
          section.refuse(node, "\"" + text + "\" stands twice", "remove one of them");
        }
      }
    }
    return words;
  }

  /** The nodes of a list, or the one node that stands for it. */
  static List<YamlNode> nodes(YamlSection section, String key) {
    Optional<YamlNode> node = section.get(key);
    if (node.isEmpty()) {
      return List.of();
    }
    return switch (node.get()) {
      case YamlNode.Sequence list -> {
        if (list.items().isEmpty()) {
          section.refuse(key, "the list is empty", "name at least one, or remove the key");
        }
        yield new ArrayList<>(list.items());
      }
      case YamlNode.Scalar one -> List.of(one);
      case YamlNode.Mapping mapping -> {
        section.refuse(key, "a list is expected, not a mapping", "write it as [a, b]");
        yield List.of();
      }
    };
  }

  /** A name of ours: of a service, a rule, a set. */
  static Optional<String> name(YamlNode node, String text, List<Problem> problems) {
    return NAME.matcher(text).matches()
        ? Optional.of(text)
        : refuse(
            node,
            "\"" + text + "\" is not a name",
            "use letters, digits, dot, dash and underscore, at most 128",
            problems);
  }

  static Optional<String> scope(YamlNode node, String text, List<Problem> problems) {
    return SCOPE.matcher(text).matches()
        ? Optional.of(text)
        : refuse(
            node,
            "\"" + text + "\" is not a scope (RFC 6749, section 3.3)",
            "list scopes one by one, without spaces, quotes and backslashes",
            problems);
  }

  static Optional<String> method(YamlNode node, String text, List<Problem> problems) {
    String upper = text.toUpperCase(Locale.ROOT);
    if (!text.equals(upper) && METHODS.contains(upper)) {
      return refuse(
          node,
          "\"" + text + "\" never matches: methods are case-sensitive",
          "did you mean `" + upper + "`?",
          problems);
    }
    return HttpToken.matches(text)
        ? Optional.of(text)
        : refuse(
            node, "\"" + text + "\" is not an HTTP method", "list methods one by one", problems);
  }

  /** A host in canonical form, or {@code *.} and a domain. */
  static Optional<String> host(YamlNode node, String text, List<Problem> problems) {
    boolean wild = text.startsWith("*.");
    String plain = wild ? text.substring(2) : text;
    if (CanonicalHost.parse(plain) instanceof CanonicalHost.Result.Canonical canonical
        && !canonical.host().isEmpty()
        && !plain.matches(".*:\\d+")) {
      return Optional.of(wild ? "*." + canonical.host() : canonical.host());
    }
    return refuse(
        node,
        "\"" + text + "\" is not a host",
        "write a host name without scheme, port and path, or `*.` and a domain",
        problems);
  }

  /** Any text without white space: an audience, a principal. */
  static Optional<String> plain(YamlNode node, String text, List<Problem> problems) {
    return text.chars().noneMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))
        ? Optional.of(text)
        : refuse(node, "\"" + text + "\" has white space", "list values one by one", problems);
  }

  private static Optional<String> refuse(
      YamlNode node, String message, String remedy, List<Problem> problems) {
    problems.add(new Problem(node.position(), node.path(), message, remedy));
    return Optional.empty();
  }
}
