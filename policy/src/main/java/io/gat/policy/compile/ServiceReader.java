package io.gat.policy.compile;

import io.gat.policy.Credential;
import io.gat.policy.Enforcement;
import io.gat.policy.PathNormalization;
import io.gat.policy.Service;
import io.gat.policy.Upstream;
import io.gat.policy.evaluate.LiteralCase;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads a {@code service:} document. */
final class ServiceReader {
  static final List<String> KEYS =
      List.of(
          "version",
          "service",
          "enforce",
          "workloads",
          "hosts",
          "audience",
          "credential",
          "paths",
          "ignore-case",
          "upstream",
          "values",
          "conditions",
          "scope-groups",
          "rules");
  static final List<String> UPSTREAM = List.of("headers", "forward-token", "remove-query");

  private final Source source;
  private final Checkers checkers;
  private final Problems problems;
  private final Problems warnings;
  private final Words words;

  ServiceReader(Source source, Checkers checkers, Problems problems, Problems warnings) {
    this.source = source;
    this.checkers = checkers;
    this.problems = problems;
    this.warnings = warnings;
    this.words = new Words(problems);
  }

  /**
   * A service as read; whether its names are free is the compiler's to judge.
   *
   * @param node its document
   * @param enforcement whether the whole of it counts; that of each rule is the rule's
   * @param workloads with their places
   * @param hosts with their places
   */
  record Read(
      YamlNode.Mapping node,
      Service service,
      Enforcement enforcement,
      List<TemplatedRule> rules,
      Map<String, YamlNode.Scalar> workloads,
      Map<String, YamlNode.Scalar> hosts) {}

  Optional<Read> read(YamlNode.Mapping document) {
    Section section = new Section(document, KEYS, problems);
    Optional<String> name = section.name("service");
    Enforcement enforcement = section.enforcement();
    Map<String, YamlNode.Scalar> workloads = words.names(section.texts("workloads"));
    Map<String, YamlNode.Scalar> hosts = words.hosts(section.texts("hosts"));
    section.required("audience", "add `audience: NAME`, which a token must carry");
    Map<String, YamlNode.Scalar> audiences = words.names(section.texts("audience"));
    Credential credential =
        section
            .word("credential", Arrays.stream(Credential.values()).map(Credential::word).toList())
            .flatMap(
                w -> Arrays.stream(Credential.values()).filter(c -> c.word().equals(w)).findFirst())
            .orElse(Credential.BEARER);
    PathNormalization paths =
        section
            .word("paths", Arrays.stream(PathNormalization.values()).map(Enum::name).toList())
            .map(PathNormalization::valueOf)
            .orElse(PathNormalization.NONE);
    Service.CaseSensitivity sensitivity =
        section.flag("ignore-case")
            ? Service.CaseSensitivity.IGNORE_CASE
            : Service.CaseSensitivity.EXACT;
    Upstream upstream = upstream(section);
    List<TemplatedRule> rules = rules(section, enforcement, LiteralCase.of(sensitivity));
    // Read on without a name, so that a document's errors come all at once.
    return name.map(
        n ->
            new Read(
                document,
                new Service(
                    n,
                    workloads.keySet(),
                    hosts.keySet(),
                    List.copyOf(audiences.keySet()),
                    credential,
                    paths,
                    sensitivity,
                    upstream),
                enforcement,
                rules,
                workloads,
                hosts));
  }

  private static Upstream upstream(Section document) {
    return document
        .section("upstream", UPSTREAM)
        .map(
            s ->
                new Upstream(
                    choice(s, "headers"),
                    choice(s, "forward-token"),
                    s.texts("remove-query").stream()
                        .map(YamlNode.Scalar::text)
                        .collect(Collectors.toSet())))
        .orElse(Upstream.configured());
  }

  private static Upstream.Choice choice(Section section, String key) {
    if (!section.has(key)) {
      return Upstream.Choice.CONFIGURED;
    }
    return section.flag(key) ? Upstream.Choice.YES : Upstream.Choice.NO;
  }

  private List<TemplatedRule> rules(
      Section section, Enforcement enforcement, LiteralCase literals) {
    List<TemplatedRule> rules = new ArrayList<>();
    Map<String, YamlNode> names = new HashMap<>();
    Map<List<String>, List<Claim>> claims = new HashMap<>();
    ConditionCompiler compiler = new ConditionCompiler(source, checkers, problems, warnings);
    RuleReader reader =
        new RuleReader(
            new NamedConditions(section, compiler, problems),
            new ScopeGroups(section, words, problems),
            enforcement,
            problems);
    for (YamlNode.Mapping node :
        section.mappings("rules", "add rules such as - {name: read, paths: [\"/v1/{id}\"]}")) {
      Optional<RuleReader.Read> read = reader.read(node);
      if (read.isEmpty()) {
        continue;
      }
      TemplatedRule rule = read.get().rule();
      YamlNode nameNode = node.get("name").orElse(node);
      YamlNode first = names.putIfAbsent(rule.rule().name(), nameNode);
      if (first != null) {
        problems.add(
            ProblemId.DUPLICATE_NAME,
            nameNode,
            "the rule `" + rule.rule().name() + "` is already defined at " + first.position(),
            "rename one");
      }
      for (Map.Entry<PathTemplate, YamlNode.Scalar> path : read.get().paths().entrySet()) {
        claim(
            claims.computeIfAbsent(path.getKey().shape(literals), s -> new ArrayList<>()),
            new Claim(rule, path.getKey(), path.getValue()));
      }
      rules.add(rule);
    }
    return rules;
  }

  private record Claim(TemplatedRule rule, PathTemplate template, YamlNode.Scalar node) {}

  private void claim(List<Claim> others, Claim claim) {
    for (Claim other : others) {
      if (other.rule().rule().name().equals(claim.rule().rule().name())) {
        problems.add(
            ProblemId.DUPLICATE_PATH,
            claim.node(),
            "`"
                + claim.template().text()
                + "` matches the same paths as `"
                + other.template().text()
                + "` before it",
            "remove one of them");
        return;
      }
      Optional<String> common = RuleReader.commonAllow(other.rule().rule(), claim.rule().rule());
      if (common.isPresent()) {
        problems.add(
            ProblemId.TIE,
            claim.node(),
            String.format(
                Locale.ROOT,
                "the rule `%s` already allows %s on the same paths at %s",
                other.rule().rule().name(),
                common.get(),
                other.node().position()),
            "give them different methods or paths, or make them one rule");
        return;
      }
    }
    others.add(claim);
  }
}
