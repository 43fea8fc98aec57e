package io.gat.server;

import io.gat.policy.Policy;
import io.gat.policy.Service;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Warns, once for each service, where the caller may choose which service a call is for. */
final class HostDecides {
  private static final Logger LOG = System.getLogger(GatServer.class.getName());

  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * Looks at a policy that was loaded.
   *
   * @param pin the service that the configuration pins; empty for none
   */
  void warn(String pin, Policy policy) {
    if (!pin.isEmpty()) {
      return;
    }
    List<String> names =
        policy.services().stream()
            .filter(s -> s.workloads().isEmpty())
            .map(Service::name)
            .filter(warned::add)
            .toList();
    if (!names.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "only the host, which the caller may choose, decides that a call is for {0}: pin"
              + " gat.authz.service, set the context extension gat.service, or name workloads",
          String.join(", ", names));
    }
  }
}
