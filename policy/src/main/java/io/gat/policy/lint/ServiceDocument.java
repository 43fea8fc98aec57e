package io.gat.policy.lint;

import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A service that has been read, with its place.
 *
 * @param node its document
 * @param rules as read
 * @param hosts its hosts, canonical, with their places
 */
public record ServiceDocument(
    YamlNode.Mapping node,
    Service service,
    List<TemplatedRule> rules,
    Map<String, YamlNode.Scalar> hosts) {
  public ServiceDocument {
    Objects.requireNonNull(node);
    Objects.requireNonNull(service);
    rules = List.copyOf(rules);
    hosts = Map.copyOf(hosts);
  }

  /** What its rules ask for that let a token through. */
  Stream<Rule.Effect.Guarded> guards() {
    return rules.stream()
        .map(r -> r.rule().effect())
        .filter(Rule.Effect.Guarded.class::isInstance)
        .map(Rule.Effect.Guarded.class::cast);
  }
}
