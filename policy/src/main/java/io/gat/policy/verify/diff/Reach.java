package io.gat.policy.verify.diff;

import io.gat.policy.AccessRequest;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import io.gat.policy.evaluate.CompiledPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds which hosts and workloads lead to another service than before. */
final class Reach {
  private final CompiledPolicy before;
  private final CompiledPolicy after;
  private final Map<String, List<Difference>> found = new TreeMap<>();

  private Reach(CompiledPolicy before, CompiledPolicy after) {
    this.before = before;
    this.after = after;
  }

  /** The differences by the service that now has, or had, the host or workload. */
  static Map<String, List<Difference>> between(CompiledPolicy before, CompiledPolicy after) {
    Reach reach = new Reach(before, after);
    reach.hosts();
    reach.workloads();
    return reach.found;
  }

  /** Every host belongs where the longest of all these names that it fits belongs. */
  private void hosts() {
    Set<String> names = new TreeSet<>();
    before.services().forEach(s -> names.addAll(s.hosts()));
    after.services().forEach(s -> names.addAll(s.hosts()));
    for (String name : names) {
      String host = name.startsWith("*.") ? stranger(names) + name.substring(1) : name;
      Optional<String> was = byHost(before, host);
      Optional<String> is = byHost(after, host);
      if (!was.equals(is)) {
        Relation relation = Relation.of(was.isEmpty(), is.isEmpty());
        add(was, is, "host " + name, relation, ServiceChanges.name(was), ServiceChanges.name(is));
      }
    }
  }

  private static String stranger(Set<String> names) {
    String label = "other";
    while (contains(names, label + ".")) {
      label += "-x";
    }
    return label;
  }

  private static boolean contains(Set<String> names, String start) {
    return names.stream().anyMatch(name -> name.startsWith(start));
  }

  private static Optional<String> byHost(CompiledPolicy policy, String host) {
    AccessRequest request = AccessRequest.builder().method("GET").host(host).target("/").build();
    return policy.judge(request, "", Instant.EPOCH) instanceof Verdict.Located located
        ? Optional.of(located.service().name())
        : Optional.empty();
  }

  private void workloads() {
    Map<String, String> old = byWorkload(before);
    Map<String, String> now = byWorkload(after);
    Set<String> names = new TreeSet<>(old.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      Optional<String> was = Optional.ofNullable(old.get(name));
      Optional<String> is = Optional.ofNullable(now.get(name));
      if (!was.equals(is)) {
        // Without a service of its own a workload's calls go where their host says, and that is
        // the caller's to choose: so who loses a workload does not only close something.
        boolean closes = is.isEmpty() && !hasHosts(after);
        boolean opens = was.isEmpty() && !hasHosts(before);
        add(
            was,
            is,
            "workload " + name,
            Relation.of(opens, closes),
            byHostIfNone(was, before),
            byHostIfNone(is, after));
      }
    }
  }

  private static Map<String, String> byWorkload(CompiledPolicy policy) {
    Map<String, String> services = new HashMap<>();
    for (Service service : policy.services()) {
      service.workloads().forEach(workload -> services.put(workload, service.name()));
    }
    return services;
  }

  private static boolean hasHosts(CompiledPolicy policy) {
    return policy.services().stream().anyMatch(s -> !s.hosts().isEmpty());
  }

  private static String byHostIfNone(Optional<String> service, CompiledPolicy policy) {
    return service.isEmpty() && hasHosts(policy)
        ? "whatever the host says"
        : ServiceChanges.name(service);
  }

  private void add(
      Optional<String> was,
      Optional<String> is,
      String what,
      Relation relation,
      String before,
      String after) {
    found
        .computeIfAbsent(is.or(() -> was).orElseThrow(), s -> new ArrayList<>())
        .add(new Difference(what, relation, before, after));
  }
}
