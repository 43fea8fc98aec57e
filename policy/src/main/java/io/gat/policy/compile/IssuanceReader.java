package io.gat.policy.compile;

import io.gat.policy.IssuancePolicy.Grant;
import io.gat.policy.IssuancePolicy.OverAsking;
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

/** Reads {@code issuance:} documents. */
final class IssuanceReader {
  static final List<String> KEYS = List.of("version", "issuance", "rules");
  private static final List<String> RULE_KEYS =
      List.of("name", "principals", "audiences", "scopes", "max-ttl", "narrow");
  private static final Duration LONGEST = Duration.ofMinutes(15);

  private final List<Problem> problems;
  private final Set<String> sets = new HashSet<>();

  IssuanceReader(List<Problem> problems) {
    this.problems = problems;
  }

  List<Grant> read(YamlSection section) {
    String set = named(section, "issuance");
    if (set != null && !sets.add(set)) {
      section.refuse(
          "issuance", "the issuance set `" + set + "` stands twice", "put its rules together");
    }
    if (!section.has("rules")) {
      section.missing("rules", "write at least one; what no rule grants is refused");
    }
    List<Grant> grants = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<YamlNode> nodes = section.items("rules");
    for (YamlNode node : nodes == null ? List.<YamlNode>of() : nodes) {
      YamlSection inner = section.section(node, RULE_KEYS);
      if (inner == null) {
        continue;
      }
      Grant grant = grant(inner, set == null ? "?" : set);
      grants.add(grant);
      if (!names.add(grant.name())) {
        section.refuse(
            node, "the rule name `" + grant.name() + "` stands twice", "give one another name");
      }
    }
    return grants;
  }

  private Grant grant(YamlSection section, String set) {
    if (!section.has("name")) {
      section.missing("name", "give the rule a name: it stands in the audit log");
    }
    String name = named(section, "name");
    Duration maxTtl = section.has("max-ttl") ? maxTtl(section) : null;
    return new Grant(
        set,
        name == null ? "?" : name,
        required(section, "principals", "say who may ask", Words::plain),
        required(section, "audiences", "say for which services", Words::plain),
        required(section, "scopes", "say which scopes it may give", Words::scope),
        maxTtl,
        section.flag("narrow", OverAsking.REFUSED, OverAsking.NARROWED, OverAsking.REFUSED));
  }

  private static Duration maxTtl(YamlSection section) {
    Duration maxTtl = section.duration("max-ttl", LONGEST);
    if (!maxTtl.isPositive() || maxTtl.compareTo(LONGEST) > 0) {
      section.refuse("max-ttl", "a token lives longer than 0 and at most 15m", "write 60s, say");
    }
    return maxTtl;
  }

  private Set<String> required(YamlSection section, String key, String remedy, Words.Form form) {
    if (!section.has(key)) {
      section.missing(key, remedy);
    }
    return Words.read(section, key, form, problems);
  }

  private @Nullable String named(YamlSection section, String key) {
    String text = section.text(key);
    if (text == null) {
      return null;
    }
    Optional<String> name = Words.name(section.get(key).orElseThrow(), text, problems);
    return name.orElse(null);
  }
}
