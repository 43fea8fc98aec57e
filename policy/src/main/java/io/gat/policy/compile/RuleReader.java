package io.gat.policy.compile;

import io.gat.policy.Condition;
import io.gat.policy.Rule;
import io.gat.policy.evaluate.Template;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the rules of one service. */
final class RuleReader {
  static final List<String> KEYS =
      List.of(
          "name", "methods", "paths", "scopes", "any-scope", "max-age", "when", "public", "deny");
  private static final List<String> OF_TOKENS = List.of("scopes", "any-scope", "max-age", "when");

  private final CelConditions conditions;
  private final List<Problem> problems;

  RuleReader(CelConditions conditions, List<Problem> problems) {
    this.conditions = conditions;
    this.problems = problems;
  }

  /** A rule with its templates, and where it stands. */
  record Read(Rule rule, List<Template> templates, YamlNode node) {}

  private enum Flag {
    SET,
    UNSET
  }

  Optional<Read> read(YamlSection section, YamlNode node) {
    String name = name(section);
    Set<String> methods = Words.read(section, "methods", Words::method, problems);
    List<Template> templates = templates(section);
    Optional<Rule.Effect> effect = effect(section, templates);
    if (name == null || templates.isEmpty() || effect.isEmpty()) {
      return Optional.empty();
    }
    List<String> texts = templates.stream().map(Template::text).toList();
    return Optional.of(new Read(new Rule(name, methods, texts, effect.get()), templates, node));
  }

  private @Nullable String name(YamlSection section) {
    if (!section.has("name")) {
      section.missing("name", "give the rule a name: it stands in logs, metrics and explanations");
      return null;
    }
    String text = section.text("name");
    return text == null
        ? null
        : Words.name(section.get("name").orElseThrow(), text, problems).orElse(null);
  }

  private List<Template> templates(YamlSection section) {
    if (!section.has("paths")) {
      section.missing("paths", "list path templates, such as [\"/v1/orders/{id}\"]");
    }
    List<Template> templates = new ArrayList<>();
    for (YamlNode node : Words.nodes(section, "paths")) {
      String text = section.text(node);
      if (text != null) {
        Templates.read(node, text, problems).ifPresent(templates::add);
      }
    }
    return templates;
  }

  private Optional<Rule.Effect> effect(YamlSection section, List<Template> templates) {
    Flag open = section.flag("public", Flag.UNSET, Flag.SET, Flag.UNSET);
    Flag closed = section.flag("deny", Flag.UNSET, Flag.SET, Flag.UNSET);
    if (open == Flag.SET && closed == Flag.SET) {
      section.refuse("deny", "a rule cannot be both `public` and `deny`", "remove one of them");
      return Optional.empty();
    }
    if (open == Flag.SET || closed == Flag.SET) {
      String word = open == Flag.SET ? "public" : "deny";
      for (String key : OF_TOKENS) {
        if (section.has(key)) {
          section.refuse(
              key,
              "a `" + word + "` rule reads no token, so `" + key + "` has no meaning in it",
              "remove `" + key + "` or `" + word + "`");
        }
      }
      return Optional.of(open == Flag.SET ? new Rule.Effect.Open() : new Rule.Effect.Closed());
    }
    Set<String> all = Words.read(section, "scopes", Words::scope, problems);
    Set<String> any = Words.read(section, "any-scope", Words::scope, problems);
    return Optional.of(
        new Rule.Effect.Guarded(
            all, any, maxAge(section), condition(section, templates).orElse(null)));
  }

  private static @Nullable Duration maxAge(YamlSection section) {
    if (!section.has("max-age")) {
      return null;
    }
    Duration maxAge = section.duration("max-age", Duration.ofDays(1));
    if (!maxAge.isPositive()) {
      section.refuse("max-age", "a token that may have no age never passes", "write 60s, say");
    }
    return maxAge;
  }

  private Optional<Condition> condition(YamlSection section, List<Template> templates) {
    String text = section.text("when");
    if (text == null || !(section.get("when").orElseThrow() instanceof YamlNode.Scalar when)) {
      return Optional.empty();
    }
    // A variable of one template is absent under another: reading it there makes the rule false.
    Set<String> variables = new HashSet<>();
    templates.forEach(template -> variables.addAll(template.variables()));
    return conditions.compile(when, variables, problems);
  }
}
