package io.gat.policy.lint;

import io.gat.policy.Enforcement;
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
 * @param enforcement whether the whole of it counts
 * @param rules as read, of the layer that is looked at
 * @param hosts its hosts, canonical, with their places
 */
public record ServiceDocument(
    YamlNode.Mapping node,
    Service service,
    Enforcement enforcement,
    List<TemplatedRule> rules,
    Map<String, YamlNode.Scalar> hosts) {
  public ServiceDocument {
    Objects.requireNonNull(node);
    Objects.requireNonNull(service);
    Objects.requireNonNull(enforcement);
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
