package io.gat.policy.verify.diff;

import io.gat.policy.Rule;
import io.gat.policy.evaluate.ServiceRules;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A service as one set has it, or has it not. */
final class ServiceVersion {
  private final Optional<ServiceRules> rules;
  private final Map<String, Position> places = new HashMap<>();

  ServiceVersion(PolicySet set, String service) {
    this.rules = set.policy().rules(service);
    List<TemplatedRule> all = rules.map(ServiceRules::rules).orElse(List.of());
    set.places(service).ifPresent(written -> places(all, written));
  }

  private void places(List<TemplatedRule> all, List<PolicySet.Place> written) {
    if (written.size() != all.size()) {
      // Values say of some rules that they are in shadow: only names tell which.
      written.forEach(place -> places.put(place.name(), place.position()));
      return;
    }
    for (int i = 0; i < all.size(); i++) {
      places.put(all.get(i).rule().name(), written.get(i).position());
    }
  }

  /** Empty where the set does not have it. */
  Optional<ServiceRules> rules() {
    return rules;
  }

  /** Every method that a rule names. */
  Set<String> methods() {
    Set<String> methods = new TreeSet<>();
    rules
        .map(ServiceRules::rules)
        .orElse(List.of())
        .forEach(rule -> methods.addAll(rule.rule().methods()));
    return methods;
  }

  Change.RuleAt at(Rule rule) {
    return new Change.RuleAt(rule.name(), Optional.ofNullable(places.get(rule.name())));
  }

  /** What is told of a way or of there being none. */
  Change.Side side(Access access) {
    return switch (access) {
      case Access.Shut shut -> new Change.Side(shut.answer(), shut.rule().map(this::at), List.of());
      case Access.Way way ->
          new Change.Side(
              way.isOpen() ? Change.Answer.PUBLIC : Change.Answer.TOKEN,
              Optional.of(at(way.way().rule())),
              Comparison.asks(way));
    };
  }
}
