package io.gat.policy.compile;

import io.gat.policy.Condition;
import io.gat.policy.Rule;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one rule of a service. */
final class RuleReader {
  private static final List<String> KEYS =
      List.of(
          "name", "methods", "paths", "scopes", "any-scope", "max-age", "when", "public", "deny");
  private static final List<String> GUARDS = List.of("scopes", "any-scope", "max-age", "when");

  private final Problems problems;
  private final Words words;
  private final TemplateReader templates;
  private final ConditionCompiler conditions;

  RuleReader(Source source, Problems problems, Problems warnings) {
    this.problems = problems;
    this.words = new Words(problems);
    this.templates = new TemplateReader(problems);
    this.conditions = new ConditionCompiler(source, problems, warnings);
  }

  /** A rule with the place of each of its templates. */
  record Read(TemplatedRule rule, Map<PathTemplate, YamlNode.Scalar> paths) {}

  Optional<Read> read(YamlNode.Mapping node) {
    int before = problems.count();
    Section section = new Section(node, KEYS, problems);
    Optional<String> name = section.name("name");
    Set<String> methods = words.methods(section.texts("methods"));
    section.required("paths", "add `paths: [\"/…\"]`; {rest=**} is every path");
    Map<PathTemplate, YamlNode.Scalar> paths = new LinkedHashMap<>();
    for (YamlNode.Scalar text : section.texts("paths")) {
      templates.read(text).ifPresent(template -> paths.put(template, text));
    }
    Rule.Effect effect = effect(section, paths.keySet());
    if (name.isEmpty() || problems.count() > before) {
      return Optional.empty();
    }
    List<String> texts = paths.keySet().stream().map(PathTemplate::text).toList();
    Rule rule = new Rule(name.get(), methods, texts, effect);
    return Optional.of(new Read(new TemplatedRule(rule, List.copyOf(paths.keySet())), paths));
  }

  private Rule.Effect effect(Section section, Set<PathTemplate> paths) {
    boolean open = section.flag("public");
    boolean closed = section.flag("deny");
    if (open && closed) {
      problems.add(
          ProblemId.CONFLICTING_KEYS,
          section.node(),
          "a rule is public or denies, not both",
          "remove one of them");
    }
    if (open || closed) {
      for (YamlNode.Entry entry : section.node().entries()) {
        if (GUARDS.contains(entry.key())) {
          problems.add(
              ProblemId.CONFLICTING_KEYS,
              entry,
              "`" + entry.key() + "` has no meaning beside `" + (open ? "public" : "deny") + "`",
              "remove one of them: " + (open ? "a public" : "a deny") + " rule reads no token");
        }
      }
    }
    Set<String> all = words.scopes(section.texts("scopes"));
    Set<String> any = words.scopes(section.texts("any-scope"));
    Duration maxAge = section.duration("max-age").orElse(null);
    Condition when =
        section
            .text("when")
            .flatMap(text -> conditions.compile(text, List.copyOf(paths)))
            .orElse(null);
    if (closed) {
      return new Rule.Effect.Closed();
    }
    return open ? new Rule.Effect.Open() : new Rule.Effect.Guarded(all, any, maxAge, when);
  }

  /** What both rules allow, in words; empty where they never meet. */
  static Optional<String> commonAllow(Rule a, Rule b) {
    if (a.effect() instanceof Rule.Effect.Closed || b.effect() instanceof Rule.Effect.Closed) {
      return Optional.empty();
    }
    if (a.methods().isEmpty() && b.methods().isEmpty()) {
      return Optional.of("every method");
    }
    boolean anyA = a.methods().isEmpty();
    Rule named = anyA ? b : a;
    Rule other = anyA ? a : b;
    return named.methods().stream().filter(other::covers).sorted().findFirst();
  }
}
