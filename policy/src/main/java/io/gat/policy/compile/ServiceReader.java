package io.gat.policy.compile;

import io.gat.policy.Credential;
import io.gat.policy.PathNormalization;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.evaluate.RuleSet;
import io.gat.policy.evaluate.Template;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlSection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code service:} documents; what one service claims, no other may. */
final class ServiceReader {
  static final List<String> KEYS =
      List.of(
          "version",
          "service",
          "workloads",
          "hosts",
          "audience",
          "credential",
          "paths",
          "ignore-case",
          "rules");
  private static final Map<String, Credential> CREDENTIALS =
      Stream.of(Credential.values())
          .collect(Collectors.toUnmodifiableMap(Credential::word, Function.identity()));

  private final RuleReader rules;
  private final List<Problem> problems;
  private final Map<String, Position> names = new HashMap<>();
  private final Map<String, String> ownerOfHost = new HashMap<>();
  private final Map<String, String> ownerOfWorkload = new HashMap<>();

  ServiceReader(RuleReader rules, List<Problem> problems) {
    this.rules = rules;
    this.problems = problems;
  }

  Optional<RuleSet> read(YamlSection section) {
    String name = name(section);
    Set<String> workloads = Words.read(section, "workloads", Words::plain, problems);
    Set<String> hosts = Words.read(section, "hosts", Words::host, problems);
    if (!section.has("audience")) {
      section.missing("audience", "name the audience that a token for this service carries");
    }
    Set<String> audiences = Words.read(section, "audience", Words::plain, problems);
    Credential credential = section.word("credential", Credential.BEARER, CREDENTIALS);
    PathNormalization paths = section.read("paths", PathNormalization.NONE, NORMALIZATION);
    Service.CaseSensitivity caseSensitivity =
        section.flag(
            "ignore-case",
            Service.CaseSensitivity.EXACT,
            Service.CaseSensitivity.IGNORE_CASE,
            Service.CaseSensitivity.EXACT);
    if (name != null) {
      claim(section, "hosts", hosts, name, ownerOfHost);
      claim(section, "workloads", workloads, name, ownerOfWorkload);
    }
    Service service =
        new Service(
            name == null ? "?" : name,
            workloads,
            hosts,
            List.copyOf(audiences),
            credential,
            paths,
            caseSensitivity);
    RuleSet set = rules(section, service);
    return name == null ? Optional.empty() : Optional.of(set);
  }

  private static final YamlSection.Form<PathNormalization> NORMALIZATION =
      new YamlSection.Form<>() {
        @Override
        public Optional<PathNormalization> read(String text) {
          return Stream.of(PathNormalization.values())
              .filter(n -> n.name().equals(text.toUpperCase(Locale.ROOT)))
              .findFirst();
        }

        @Override
        public String description() {
          return "a path normalization";
        }

        @Override
        public String remedy() {
          return "write NONE, BASE, MERGE_SLASHES or DECODE_AND_MERGE_SLASHES, as your mesh does";
        }
      };

  private @Nullable String name(YamlSection section) {
    String text = section.text("service");
    if (text == null) {
      return null;
    }
    YamlNode node = section.get("service").orElseThrow();
    Optional<String> name = Words.name(node, text, problems);
    if (name.isPresent()) {
      Position first = names.putIfAbsent(name.get(), node.position());
      if (first != null) {
        section.refuse(
            node,
            "the service `" + name.get() + "` stands twice, first at " + first,
            "put all its rules into one document");
        return null;
      }
    }
    return name.orElse(null);
  }

  private static void claim(
      YamlSection section,
      String key,
      Set<String> values,
      String name,
      Map<String, String> owners) {
    for (String value : values) {
      String owner = owners.putIfAbsent(value, name);
      if (owner != null && !owner.equals(name)) {
        section.refuse(
            key,
            "\"" + value + "\" belongs to the service `" + owner + "` already",
            "name it in one service");
      }
    }
  }

  private RuleSet rules(YamlSection section, Service service) {
    RuleSet.Builder builder = new RuleSet.Builder(service);
    Map<String, Position> ruleNames = new HashMap<>();
    List<YamlNode> nodes = section.items("rules");
    if (!section.has("rules")) {
      section.missing("rules", "write at least one; what no rule names is denied");
    } else if (nodes != null && nodes.isEmpty()) {
      section.refuse("rules", "the list is empty", "write at least one rule");
    }
    for (YamlNode node : nodes == null ? List.<YamlNode>of() : nodes) {
      YamlSection inner = section.section(node, RuleReader.KEYS);
      Optional<RuleReader.Read> read = inner == null ? Optional.empty() : rules.read(inner, node);
      if (read.isEmpty()) {
        continue;
      }
      Rule rule = read.get().rule();
      Position first = ruleNames.putIfAbsent(rule.name(), node.position());
      if (first != null) {
        section.refuse(
            node,
            "the rule name `" + rule.name() + "` stands twice, first at " + first,
            "give one of them another name");
      }
      add(builder, read.get(), section);
    }
    return builder.build();
  }

  private static void add(RuleSet.Builder builder, RuleReader.Read read, YamlSection section) {
    for (Template template : read.templates()) {
      builder
          .add(read.rule(), template)
          .ifPresent(
              other ->
                  section.refuse(
                      read.node(),
                      other.name().equals(read.rule().name())
                          ? "the rule names the template " + template.text() + " twice"
                          : "`"
                              + read.rule().name()
                              + "` and `"
                              + other.name()
                              + "` both allow "
                              + template.text()
                              + " for a common method",
                      "the order of rules never matters: part them by method or path, or make them one"));
    }
  }
}
