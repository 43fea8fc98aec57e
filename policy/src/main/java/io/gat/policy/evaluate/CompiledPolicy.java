package io.gat.policy.evaluate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.CanonicalPath;
import io.gat.policy.HttpToken;
import io.gat.policy.PathNormalization;
import io.gat.policy.Places;
import io.gat.policy.Policy;
import io.gat.policy.Selection;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All services of a loaded set, by each way to find one. */
public final class CompiledPolicy implements Policy {
  private final String hash;
  private final Places places;
  private final Map<String, ServiceRules> byName;
  private final Map<String, ServiceRules> byWorkload;
  private final Map<String, ServiceRules> byHost;
  private final Map<String, ServiceRules> byHostSuffix;
  private final List<Service> services;

  public CompiledPolicy(String hash, Collection<ServiceRules> services, Places places) {
    this.hash = Objects.requireNonNull(hash);
    this.places = Objects.requireNonNull(places);
    Map<String, ServiceRules> names = new TreeMap<>();
    Map<String, ServiceRules> workloads = new HashMap<>();
    Map<String, ServiceRules> hosts = new HashMap<>();
    Map<String, ServiceRules> suffixes = new HashMap<>();
    for (ServiceRules rules : services) {
      Service service = rules.service();
      put(names, service.name(), rules);
      service.workloads().forEach(workload -> put(workloads, workload, rules));
      for (String host : service.hosts()) {
        if (host.startsWith("*.")) {
          put(suffixes, host.substring(2), rules);
        } else {
          put(hosts, host, rules);
        }
      }
    }
    this.services = names.values().stream().map(ServiceRules::service).toList();
    this.byName = Map.copyOf(names);
    this.byWorkload = Map.copyOf(workloads);
    this.byHost = Map.copyOf(hosts);
    this.byHostSuffix = Map.copyOf(suffixes);
  }

  private static void put(Map<String, ServiceRules> map, String key, ServiceRules rules) {
    if (map.put(key, rules) != null) {
      throw new IllegalArgumentException("two services share " + key);
    }
  }

  @Override
  public String hash() {
    return hash;
  }

  @Override
  public Places places() {
    return places;
  }

  @Override
  public Collection<Service> services() {
    return services;
  }

  @Override
  public Optional<Service> service(String name) {
    return Optional.ofNullable(byName.get(name)).map(ServiceRules::service);
  }

  /** The rules of the service of this name. */
  public Optional<ServiceRules> rules(String service) {
    return Optional.ofNullable(byName.get(service));
  }

  @Override
  public Verdict judge(AccessRequest request, String pin, Instant now) {
    Optional<Ambiguity> unclear = request.ambiguity();
    if (unclear.isPresent()) {
      return new Verdict.Ambiguous(unclear.get());
    }
    if (!HttpToken.isToken(request.method())) {
      return new Verdict.Ambiguous(Ambiguity.METHOD);
    }
    ServiceRules rules = find(request, pin);
    PathNormalization paths = rules == null ? PathNormalization.NONE : rules.service().paths();
    return switch (CanonicalPath.parse(request.rawPath(), paths)) {
      case CanonicalPath.Ambiguous ambiguous -> new Verdict.Ambiguous(ambiguous.why());
      case CanonicalPath.Canonical path ->
          rules == null ? new Verdict.NoService() : rules.judge(request, path.segments(), now);
    };
  }

  @Override
  public Selection select(AccessRequest request, String pin, Instant now) {
    ServiceRules rules = find(request, pin);
    List<Selection.Candidate> candidates =
        rules != null
                && CanonicalPath.parse(request.rawPath(), rules.service().paths())
                    instanceof CanonicalPath.Canonical path
            ? rules.candidates(request, path.segments(), now)
            : List.of();
    return new Selection(search(request, pin), candidates);
  }

  /** The same steps as {@link #find}, each with its name. */
  private Selection.Search search(AccessRequest request, String pin) {
    ServiceRules ofHost = ofHost(request.host());
    String extension = request.namedService();
    String principal = request.destinationPrincipal();
    if (!pin.isEmpty()) {
      return search(Selection.Way.PIN, pin, byName.get(pin), ofHost);
    }
    if (!extension.isEmpty()) {
      return search(Selection.Way.EXTENSION, extension, byName.get(extension), ofHost);
    }
    ServiceRules workload = byWorkload.get(principal);
    return workload == null
        ? search(Selection.Way.HOST, request.host(), ofHost, ofHost)
        : search(Selection.Way.PRINCIPAL, principal, workload, ofHost);
  }

  private static Selection.Search search(
      Selection.Way way,
      String named,
      @Nullable ServiceRules decided,
      @Nullable ServiceRules ofHost) {
    return new Selection.Search(
        way,
        named,
        decided == null ? null : decided.service(),
        ofHost == null ? null : ofHost.service());
  }

  private @Nullable ServiceRules find(AccessRequest request, String pin) {
    ServiceRules byHost = ofHost(request.host());
    String named = pin.isEmpty() ? request.namedService() : pin;
    ServiceRules decided;
    if (named.isEmpty()) {
      decided = byWorkload.get(request.destinationPrincipal());
      if (decided == null) {
        return byHost;
      }
    } else {
      decided = byName.get(named);
    }
    // The Host header is the caller's to choose: it must not contradict what the mesh says.
    return byHost == null || byHost == decided ? decided : null;
  }

  private @Nullable ServiceRules ofHost(String host) {
    ServiceRules exact = byHost.get(host);
    if (exact != null || byHostSuffix.isEmpty()) {
      return exact;
    }
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      ServiceRules wild = byHostSuffix.get(host.substring(dot + 1));
      if (wild != null) {
        return wild;
      }
    }
    return null;
  }
}
