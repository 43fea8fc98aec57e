package io.gat.policy.compile;

import io.gat.policy.Enforcement;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The two readings of a set of services.
 *
 * <p>The <em>enforced</em> one is the set without its parts in shadow. The <em>candidate</em> is
 * the set with them, each in the place of the enforced part with which it could not stand together:
 *
 * <ul>
 *   <li>a service in shadow instead of the enforced one of its name, and with its hosts and
 *       workloads, which other enforced services lose;
 *   <li>a rule in shadow that does not deny instead of enforced ones that do not deny either, of
 *       the same template, for their common methods. That is done where a call is judged, by {@link
 *       io.gat.policy.evaluate.ServiceRules}. A deny rule stands beside all others, here as in any
 *       policy.
 * </ul>
 */
final class Layers {
  private final List<ServiceReader.Read> services;

  Layers(List<ServiceReader.Read> services) {
    this.services = List.copyOf(services);
  }

  /** What counts; a service all of whose rules are in shadow has none then. */
  List<ServiceReader.Read> enforced() {
    return services.stream()
        .filter(read -> read.enforcement() == Enforcement.ALWAYS)
        .map(Layers::withoutShadow)
        .toList();
  }

  private static ServiceReader.Read withoutShadow(ServiceReader.Read read) {
    return new ServiceReader.Read(
        read.node(),
        read.service(),
        read.enforcement(),
        read.rules().stream().filter(rule -> !isInShadow(rule.rule())).toList(),
        read.workloads(),
        read.hosts());
  }

  /** The set with its parts in shadow; empty where there are none. */
  Optional<List<ServiceReader.Read>> candidate() {
    boolean any =
        services.stream()
            .anyMatch(
                read ->
                    read.enforcement() == Enforcement.SHADOW
                        || read.rules().stream().anyMatch(rule -> isInShadow(rule.rule())));
    if (!any) {
      return Optional.empty();
    }
    Set<String> names = new HashSet<>();
    Set<String> hosts = new HashSet<>();
    Set<String> workloads = new HashSet<>();
    List<ServiceReader.Read> candidate = new ArrayList<>();
    for (ServiceReader.Read read : services) {
      if (read.enforcement() == Enforcement.SHADOW) {
        names.add(read.service().name());
        hosts.addAll(read.hosts().keySet());
        workloads.addAll(read.workloads().keySet());
        candidate.add(read);
      }
    }
    for (ServiceReader.Read read : services) {
      if (read.enforcement() == Enforcement.ALWAYS && !names.contains(read.service().name())) {
        candidate.add(without(read, workloads, hosts));
      }
    }
    return Optional.of(candidate);
  }

  private static boolean isInShadow(Rule rule) {
    return rule.enforcement() == Enforcement.SHADOW;
  }

  private static ServiceReader.Read without(
      ServiceReader.Read read, Set<String> workloads, Set<String> hosts) {
    Service service = read.service();
    return new ServiceReader.Read(
        read.node(),
        new Service(
            service.name(),
            without(service.workloads(), workloads),
            without(service.hosts(), hosts),
            service.audiences(),
            service.credential(),
            service.paths(),
            service.caseSensitivity(),
            service.upstream()),
        read.enforcement(),
        read.rules(),
        without(read.workloads(), workloads),
        without(read.hosts(), hosts));
  }

  private static Set<String> without(Set<String> all, Set<String> taken) {
    return all.stream().filter(one -> !taken.contains(one)).collect(Collectors.toSet());
  }

  private static Map<String, YamlNode.Scalar> without(
      Map<String, YamlNode.Scalar> all, Set<String> taken) {
    Map<String, YamlNode.Scalar> left = new HashMap<>(all);
    left.keySet().removeAll(taken);
    return left;
  }
}
