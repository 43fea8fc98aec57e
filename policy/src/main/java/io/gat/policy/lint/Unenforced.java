package io.gat.policy.lint;

import io.gat.policy.Enforcement;
import io.gat.policy.Service;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.YamlNode;
import java.util.HashSet;
import java.util.Set;

/** Finds services of which nothing is enforced, so that every call to them is denied. */
final class Unenforced {
  private static final String WATCH = "; to watch only, add one with `public: true`";

  private Unenforced() {}

  static void look(PolicySet enforced, PolicySet candidate, Findings findings) {
    Set<String> leading = new HashSet<>();
    for (ServiceDocument document : enforced.services()) {
      Service service = document.service();
      leading.add("service " + service.name());
      service.workloads().forEach(workload -> leading.add("workload " + workload));
      service.hosts().forEach(host -> leading.add("host " + host));
      if (document.rules().isEmpty()) {
        findings.add(
            ProblemId.NOTHING_ENFORCED,
            name(document),
            "every call to `" + service.name() + "` is denied: all its rules are in shadow",
            "enforce a rule" + WATCH);
      }
    }
    for (ServiceDocument document : candidate.services()) {
      if (document.enforcement() == Enforcement.SHADOW && !isLed(document.service(), leading)) {
        findings.add(
            ProblemId.NOTHING_ENFORCED,
            name(document),
            "every call to `"
                + document.service().name()
                + "` is denied: no enforced service has its name, or a host or workload of it",
            "add an enforced service beside it, with a rule" + WATCH);
      }
    }
  }

  private static YamlNode name(ServiceDocument document) {
    return document.node().get("service").orElse(document.node());
  }

  private static boolean isLed(Service service, Set<String> leading) {
    return leading.contains("service " + service.name())
        || service.workloads().stream().anyMatch(w -> leading.contains("workload " + w))
        || service.hosts().stream().anyMatch(host -> isHost(host, leading));
  }

  /** An enforced wildcard has the host, too. */
  private static boolean isHost(String host, Set<String> leading) {
    if (leading.contains("host " + host)) {
      return true;
    }
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      if (leading.contains("host *" + host.substring(dot))) {
        return true;
      }
    }
    return false;
  }
}
