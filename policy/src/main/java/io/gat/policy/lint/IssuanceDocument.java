package io.gat.policy.lint;

import io.gat.policy.IssuanceRule;
import io.gat.policy.parse.YamlNode;
import java.util.List;
import java.util.Objects;

/**
 * An issuance that has been read, with its place.
 *
 * @param node its document
 */
public record IssuanceDocument(YamlNode.Mapping node, List<IssuanceRule> rules) {
  public IssuanceDocument {
    Objects.requireNonNull(node);
    rules = List.copyOf(rules);
  }
}
