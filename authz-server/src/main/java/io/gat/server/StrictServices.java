package io.gat.server;

import io.gat.config.FreshnessConfig;
import io.gat.policy.Policy;
import io.gat.policy.Service;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Warns, once for each name, where the configuration is strict about a service that is not there.
 */
final class StrictServices {
  private static final Logger LOG = System.getLogger(GatServer.class.getName());

  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /** Looks at a policy that was loaded. */
  void warn(FreshnessConfig freshness, Policy policy) {
    Set<String> unknown = new TreeSet<>(freshness.services().keySet());
    unknown.removeAll(policy.services().stream().map(Service::name).collect(Collectors.toSet()));
    unknown.removeIf(name -> !warned.add(name));
    if (!unknown.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "gat.authz.freshness.services: the policy has no service {0}: whatever is meant is judged"
              + " by the terms of all services",
          String.join(", ", unknown));
    }
  }
}
