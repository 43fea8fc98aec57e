package io.gat.policy.compile;

import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Spelling;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Puts the values of one environment into a document: <code>${name}</code> in a text becomes what
 * {@code values:} says, by the environment or else by {@code default}. A second dollar before it
 * keeps it as it is.
 */
final class Values {
  /** The environment where nobody chose one, and the values of all others where they have none. */
  static final String DEFAULT = "default";

  private static final String KEY = "values";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");

  /** The longest document with its values put in, in characters: as long as a file may be. */
  private static final int MAX_CHARACTERS = 4 << 20;

  private final String environment;
  private final Problems problems;
  private final Map<String, String> known = new HashMap<>();
  private int characters;
  private boolean readable = true;

  private Values(String environment, Problems problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** The document with the environment's values. */
  static YamlNode.Mapping apply(YamlNode.Mapping document, String environment, Problems problems) {
    Values values = new Values(environment, problems);
    values.read(document);
    return values.top(document);
  }

  private void read(YamlNode.Mapping document) {
    YamlNode node = document.get(KEY).orElse(null);
    if (node == null) {
      return;
    }
    Section section = new Section(document, problems);
    Map<String, YamlNode> environments = new HashMap<>();
    section
        .entries(KEY, "ENVIRONMENT: {NAME: VALUE}")
        .forEach(entry -> environments.put(entry.key(), entry.value()));
    if (environments.isEmpty()) {
      readable = false;
      return;
    }
    if (!environments.containsKey(environment)) {
      readable = false;
      Set<String> names = new TreeSet<>(environments.keySet());
      problems.add(
          ProblemId.UNKNOWN_REFERENCE,
          node,
          "there is no environment `" + environment + "`",
          Spelling.nearest(environment, names)
              .map(near -> "did you mean `" + near + "`?")
              .orElse(
                  "add it, or choose one of "
                      + String.join(", ", names)
                      + " by gat.authz.environment or --environment"));
    }
    environments.forEach(this::read);
  }

  private void read(String of, YamlNode node) {
    if (!(node instanceof YamlNode.Mapping mapping)) {
      problems.add(
          ProblemId.WRONG_TYPE,
          node,
          "must be a mapping, not " + node.described(),
          "write {NAME: VALUE}");
      return;
    }
    for (YamlNode.Entry entry : mapping.entries()) {
      if (!NAME.matcher(entry.key()).matches()) {
        problems.add(
            ProblemId.BAD_VALUE,
            entry,
            "`" + entry.key() + "` is not the name of a value",
            "use up to 64 letters, digits and _ . -, starting with a letter");
      } else if (!(entry.value() instanceof YamlNode.Scalar scalar)
          || scalar.kind() == YamlNode.Kind.NULL) {
        problems.add(
            ProblemId.WRONG_TYPE,
            entry.value(),
            "must be a text, not " + entry.value().described(),
            "write a text");
      } else if (scalar.text().contains("${")) {
        problems.add(
            ProblemId.BAD_VALUE,
            scalar,
            "a value is not made of other values",
            "write the text out");
      } else if (of.equals(environment)) {
        known.put(entry.key(), scalar.text());
      } else if (of.equals(DEFAULT)) {
        known.putIfAbsent(entry.key(), scalar.text());
      }
    }
  }

  private YamlNode.Mapping top(YamlNode.Mapping document) {
    List<YamlNode.Entry> entries = new ArrayList<>();
    for (YamlNode.Entry entry : document.entries()) {
      YamlNode value = entry.key().equals(KEY) ? entry.value() : put(entry.value());
      entries.add(
          new YamlNode.Entry(entry.key(), entry.keyPosition(), entry.keyEndColumn(), value));
    }
    return new YamlNode.Mapping(
        document.position(), document.endColumn(), document.path(), entries);
  }

  private YamlNode put(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar scalar ->
          scalar.kind() == YamlNode.Kind.TEXT && scalar.text().contains("${")
              ? put(scalar)
              : scalar;
      case YamlNode.Sequence list ->
          new YamlNode.Sequence(
              list.position(),
              list.endColumn(),
              list.path(),
              list.items().stream().map(this::put).toList());
      case YamlNode.Mapping mapping ->
          new YamlNode.Mapping(
              mapping.position(),
              mapping.endColumn(),
              mapping.path(),
              mapping.entries().stream()
                  .map(
                      e ->
                          new YamlNode.Entry(
                              e.key(), e.keyPosition(), e.keyEndColumn(), put(e.value())))
                  .toList());
    };
  }

  private YamlNode put(YamlNode.Scalar scalar) {
    String text = scalar.text();
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
      if (at > from && text.charAt(at - 1) == '$') {
        out.append(text, from, at - 1).append("${");
        from = at + 2;
        continue;
      }
      int end = text.indexOf('}', at);
      String name = end < 0 ? "" : text.substring(at + 2, end);
      if (!NAME.matcher(name).matches()) {
        problems.add(
            ProblemId.BAD_VALUE,
            scalar,
            end < 0 ? "`${` is not closed" : "`${" + name + "}` is not a value",
            "write ${NAME}, or $${ for a plain ${");
        return scalar;
      }
      out.append(text, from, at).append(value(scalar, name));
      from = end + 1;
      if (characters + out.length() > MAX_CHARACTERS) {
        problems.add(
            ProblemId.TOO_LARGE,
            scalar,
            "with its values the document is larger than 4 MiB",
            "split it");
        return scalar;
      }
    }
    out.append(text, from, text.length());
    characters += out.length();
    // Places inside it would be another text's, so a problem in it is shown where it starts.
    return new YamlNode.Scalar(
        scalar.position(),
        scalar.endColumn(),
        scalar.path(),
        out.toString(),
        YamlNode.Kind.TEXT,
        YamlNode.Style.FOLDED);
  }

  private String value(YamlNode.Scalar user, String name) {
    String value = known.get(name);
    if (value != null) {
      return value;
    }
    // Where the environment itself is unknown, that is said once, and not for each of its values.
    if (readable) {
      problems.add(
          ProblemId.UNKNOWN_REFERENCE,
          user,
          "there is no value `" + name + "` in the environment `" + environment + "`",
          known.isEmpty()
              ? "define it in `values`: {" + DEFAULT + ": {" + name + ": …}}"
              : Spelling.remedy(name, new TreeSet<>(known.keySet())));
    }
    return name;
  }
}
