package io.gat.policy;

import java.util.List;

/**
 * Who may have which token: all rules of all issuance documents.
 *
 * @param rules sorted by document and name
 */
public record IssuancePolicy(List<IssuanceRule> rules) {
  public IssuancePolicy {
    rules = List.copyOf(rules);
  }
}
