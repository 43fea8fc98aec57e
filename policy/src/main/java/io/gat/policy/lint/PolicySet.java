package io.gat.policy.lint;

import io.gat.policy.IssuanceRule;
import io.gat.policy.Service;
import java.util.List;
import java.util.stream.Stream;

/** All documents of a set without errors. */
public record PolicySet(List<ServiceDocument> services, List<IssuanceDocument> issuance) {
  public PolicySet {
    services = List.copyOf(services);
    issuance = List.copyOf(issuance);
  }

  /** The issuance rules that give tokens for a service. */
  Stream<IssuanceRule> grantsFor(Service service) {
    return issuance.stream()
        .flatMap(document -> document.rules().stream())
        .filter(rule -> service.audiences().stream().anyMatch(rule.audiences()::contains));
  }

  /** The services that accept tokens of an issuance rule. */
  Stream<ServiceDocument> acceptorsOf(IssuanceRule rule) {
    return services.stream()
        .filter(s -> s.service().audiences().stream().anyMatch(rule.audiences()::contains));
  }
}
