package io.gat.config;

import io.gat.decide.FreshnessTerms;
import io.gat.decide.WhenStale;
import io.gat.policy.parse.YamlNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code authz.freshness}. */
final class FreshnessReader {
  private static final Duration STALENESS = Duration.ofSeconds(5);
  private static final List<String> TERMS = List.of("max-staleness", "when-stale");
  private static final Map<String, WhenStale> WHEN_STALE =
      Map.of("error", WhenStale.ERROR, "deny", WhenStale.DENY, "allow", WhenStale.ALLOW);

  private FreshnessReader() {}

  static FreshnessConfig read(Section authz) {
    Section section =
        authz.section("freshness", List.of("max-staleness", "when-stale", "services"));
    if (section == null) {
      return new FreshnessConfig(STALENESS, WhenStale.ERROR, Map.of());
    }
    Duration general = section.duration("max-staleness", STALENESS);
    if (!general.isPositive() || general.compareTo(FreshnessConfig.MAX_STALENESS) > 0) {
      section.refuse("max-staleness", "out of range", "write more than 0s, at most 10m");
      general = FreshnessConfig.MAX_STALENESS;
    }
    WhenStale whenStale = section.word("when-stale", WhenStale.ERROR, WHEN_STALE);
    return new FreshnessConfig(general, whenStale, services(section, general, whenStale));
  }

  private static Map<String, FreshnessTerms.OfService> services(
      Section section, Duration general, WhenStale whenStale) {
    Map<String, FreshnessTerms.OfService> services = new HashMap<>();
    YamlNode node = section.node("services");
    if (node == null) {
      return services;
    }
    if (!(node instanceof YamlNode.Mapping mapping)) {
      section.refuse(
          node,
          "a mapping is expected, not " + node.described(),
          "write services: {payments: {max-staleness: 2s}}");
      return services;
    }
    for (YamlNode.Entry entry : mapping.entries()) {
      Section terms = section.section(entry.value(), TERMS);
      if (terms == null) {
        continue;
      }
      Duration staleness = terms.duration("max-staleness", general);
      if (!staleness.isPositive()) {
        terms.refuse("max-staleness", "out of range", "write more than 0s");
      } else if (staleness.compareTo(general) > 0) {
        terms.refuse(
            "max-staleness",
            "longer than that of all services",
            "raise freshness.max-staleness, and name the services that want less here");
      } else {
        services.put(
            entry.key(),
            new FreshnessTerms.OfService(
                staleness, terms.word("when-stale", whenStale, WHEN_STALE)));
      }
    }
    return services;
  }
}
