package io.gat.policy.lint;

import io.gat.policy.Service;
import io.gat.policy.parse.ProblemId;

/** Finds services to which no host and no workload leads. */
final class UnreachableService implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (ServiceDocument document : set.services()) {
      Service service = document.service();
      if (service.hosts().isEmpty() && service.workloads().isEmpty()) {
        findings.add(
            ProblemId.UNREACHABLE_SERVICE,
            document.node(),
            "the service `" + service.name() + "` has neither hosts nor workloads",
            "only a pin or the context extension gat.service leads to it");
      }
    }
  }
}
