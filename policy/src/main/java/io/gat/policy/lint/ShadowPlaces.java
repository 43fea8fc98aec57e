package io.gat.policy.lint;

import io.gat.policy.Enforcement;
import io.gat.policy.IssuanceRule;
import io.gat.policy.Rollout;
import io.gat.policy.evaluate.ServiceRules.TemplatedRule;
import io.gat.policy.parse.YamlNode;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Finds every node of the documents' text that is in shadow. */
final class ShadowPlaces {
  /** By identity: comparing nodes would compare all that is in them. */
  private final Set<YamlNode> nodes = Collections.newSetFromMap(new IdentityHashMap<>());

  private ShadowPlaces() {}

  static Set<YamlNode> of(PolicySet candidate) {
    ShadowPlaces places = new ShadowPlaces();
    for (ServiceDocument document : candidate.services()) {
      if (document.enforcement() == Enforcement.SHADOW) {
        places.add(document.node());
        continue;
      }
      RulePlaces rules = new RulePlaces(document.node());
      for (TemplatedRule rule : document.rules()) {
        if (rule.rule().enforcement() == Enforcement.SHADOW) {
          places.add(rules.whole(rule.rule().name()));
        }
      }
    }
    for (IssuanceDocument document : candidate.issuance()) {
      RulePlaces rules = new RulePlaces(document.node());
      for (IssuanceRule rule : document.rules()) {
        if (rule.rollout().equals(Rollout.NOBODY)) {
          places.add(rules.whole(rule.name()));
        }
      }
    }
    return places.nodes;
  }

  private void add(YamlNode node) {
    nodes.add(node);
    switch (node) {
      case YamlNode.Scalar scalar -> {}
      case YamlNode.Sequence list -> list.items().forEach(this::add);
      case YamlNode.Mapping mapping -> mapping.entries().forEach(entry -> add(entry.value()));
    }
  }
}
