package io.gat.policy.lint;

import io.gat.policy.parse.YamlNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds where a document's rules, and parts of them, are written. */
final class RulePlaces {
  private final YamlNode.Mapping document;
  private final Map<String, YamlNode.Mapping> rules = new HashMap<>();

  RulePlaces(YamlNode.Mapping document) {
    this.document = document;
    if (document.get("rules").orElse(document) instanceof YamlNode.Sequence list) {
      for (YamlNode item : list.items()) {
        if (item instanceof YamlNode.Mapping rule
            && rule.get("name").orElse(rule) instanceof YamlNode.Scalar name) {
          rules.put(name.text(), rule);
        }
      }
    }
  }

  /** The whole of a rule; the document where the rule is not written as such. */
  YamlNode whole(String name) {
    return Optional.<YamlNode>ofNullable(rules.get(name)).orElse(document);
  }

  /** A rule's name; the document where the rule is not written as such. */
  YamlNode rule(String name) {
    return Optional.<YamlNode>ofNullable(rules.get(name)).map(this::name).orElse(document);
  }

  private YamlNode name(YamlNode rule) {
    return rule instanceof YamlNode.Mapping mapping ? mapping.get("name").orElse(rule) : rule;
  }

  /** The value of a rule's key; the rule's name where it has no such key. */
  YamlNode value(String rule, String key) {
    return Optional.ofNullable(rules.get(rule)).flatMap(m -> m.get(key)).orElse(rule(rule));
  }

  /** A text under one of a rule's keys; the rule's name where it is not there. */
  YamlNode text(String rule, List<String> keys, String text) {
    for (String key : keys) {
      switch (value(rule, key)) {
        case YamlNode.Scalar scalar when scalar.text().equals(text) -> {
          return scalar;
        }
        case YamlNode.Sequence list -> {
          for (YamlNode item : list.items()) {
            if (item instanceof YamlNode.Scalar scalar && scalar.text().equals(text)) {
              return scalar;
            }
          }
        }
        case YamlNode.Scalar other -> {}
        case YamlNode.Mapping other -> {}
      }
    }
    return rule(rule);
  }
}
