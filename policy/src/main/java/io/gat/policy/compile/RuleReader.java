package io.gat.policy.compile;

import io.gat.policy.Circumstance;
import io.gat.policy.Condition;
import io.gat.policy.Enforcement;
import io.gat.policy.LongLived;
import io.gat.policy.Rule;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one rule of a service. */
final class RuleReader {
  static final List<String> KEYS =
      List.of(
          "name",
          "enforce",
          "methods",
          "paths",
          "grpc",
          "headers",
          "query",
          "from",
          "during",
          "scopes",
          "any-scope",
          "max-age",
          "when",
          "upgrade",
          "max-stream",
          "public",
          "deny");
  private static final List<String> GUARDS = List.of("scopes", "any-scope", "max-age", "when");
  private static final List<String> LONG_LIVED = List.of("upgrade", "max-stream");

  private final Problems problems;
  private final Words words;
  private final TemplateReader templates;
  private final GrpcReader grpc;
  private final CircumstanceReader circumstances;
  private final NamedConditions conditions;
  private final ScopeGroups groups;
  private final Enforcement ofService;

  /**
   * A reader.
   *
   * @param ofService the service's own: what is in shadow has no rule that counts
   */
  RuleReader(
      NamedConditions conditions, ScopeGroups groups, Enforcement ofService, Problems problems) {
    this.problems = problems;
    this.words = new Words(problems);
    this.templates = new TemplateReader(problems);
    this.grpc = new GrpcReader(problems);
    this.circumstances = new CircumstanceReader(words, problems);
    this.conditions = conditions;
    this.groups = groups;
    this.ofService = ofService;
  }

  /** A rule with the place of each of its templates. */
  record Read(TemplatedRule rule, Map<PathTemplate, YamlNode.Scalar> paths) {}

  Optional<Read> read(YamlNode.Mapping node) {
    int before = problems.count();
    Section section = new Section(node, KEYS, problems);
    Optional<String> name = section.name("name");
    Enforcement own = section.enforcement();
    Set<String> methods = words.methods(section.texts("methods"));
    Map<PathTemplate, YamlNode.Scalar> paths = new LinkedHashMap<>();
    if (section.has("grpc")) {
      methods = Set.of("POST");
      grpc.read(section, paths);
    } else {
      section.required("paths", "add `paths: [\"/…\"]`; {rest=**} is every path");
      for (YamlNode.Scalar text : section.texts("paths")) {
        templates.read(text).ifPresent(template -> paths.put(template, text));
      }
    }
    List<Circumstance> asked = circumstances.read(section);
    Rule.Effect effect = effect(section, paths.keySet());
    LongLived longLived = longLived(section);
    if (name.isEmpty() || problems.count() > before) {
      return Optional.empty();
    }
    List<String> texts = paths.keySet().stream().map(PathTemplate::text).toList();
    Enforcement enforcement = ofService == Enforcement.SHADOW ? ofService : own;
    Rule rule = new Rule(name.get(), methods, texts, effect, asked, longLived, enforcement);
    return Optional.of(new Read(new TemplatedRule(rule, List.copyOf(paths.keySet())), paths));
  }

  private LongLived longLived(Section section) {
    boolean upgrade = section.flag("upgrade");
    if (upgrade && section.has("grpc")) {
      problems.add(
          ProblemId.CONFLICTING_KEYS,
          section.node().get("upgrade").orElse(section.node()),
          "a gRPC call is never upgraded",
          "remove `upgrade`, or write `paths` instead of `grpc`");
    }
    return new LongLived(
        upgrade ? LongLived.Upgrade.ALLOWED : LongLived.Upgrade.REFUSED,
        section.duration("max-stream").orElse(null));
  }

  private void refuseBesideDeny(Section section) {
    for (YamlNode.Entry entry : section.node().entries()) {
      if (LONG_LIVED.contains(entry.key())) {
        problems.add(
            ProblemId.CONFLICTING_KEYS,
            entry,
            "`" + entry.key() + "` has no meaning beside `deny`",
            "remove one of them: a deny rule lets no call begin");
      }
    }
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
    if (closed) {
      refuseBesideDeny(section);
    }
    Set<String> all = groups.scopes(section.texts("scopes"));
    Set<String> any = groups.scopes(section.texts("any-scope"));
    Duration maxAge = section.duration("max-age").orElse(null);
    Condition when =
        section.node().get("when").flatMap(node -> conditions.when(node, paths)).orElse(null);
    if (closed) {
      return new Rule.Effect.Closed();
    }
    return open ? new Rule.Effect.Open() : new Rule.Effect.Guarded(all, any, maxAge, when);
  }

  /**
   * What both rules allow, in words; empty where they never meet. One in shadow never meets one
   * that is not: it stands in its place.
   */
  static Optional<String> commonAllow(Rule a, Rule b) {
    if (a.enforcement() != b.enforcement()) {
      return Optional.empty();
    }
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
