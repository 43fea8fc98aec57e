package io.gat.policy.evaluate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Ambiguity;
import io.gat.policy.CanonicalPath;
import io.gat.policy.PathNormalization;
import io.gat.policy.Policy;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A policy as look-up tables: services by name, workload and host, rules by path. */
public final class CompiledPolicy implements Policy {
  private static final String SERVICE_EXTENSION = "gat.service";

  private final String hash;
  private final Map<String, RuleSet> byName = new TreeMap<>();
  private final Map<String, RuleSet> byWorkload = new HashMap<>();
  private final Map<String, RuleSet> byHost = new HashMap<>();

  /** By what follows {@code *} in a host pattern: a dot and the domain. */
  private final Map<String, RuleSet> byDomain = new HashMap<>();

  /**
   * A policy.
   *
   * @param services with names, workloads and hosts that belong to one each
   */
  public CompiledPolicy(String hash, List<RuleSet> services) {
    this.hash = Objects.requireNonNull(hash);
    for (RuleSet rules : services) {
      byName.put(rules.service().name(), rules);
      rules.service().workloads().forEach(w -> byWorkload.put(w, rules));
      for (String host : rules.service().hosts()) {
        if (host.startsWith("*.")) {
          byDomain.put(host.substring(1), rules);
        } else {
          byHost.put(host, rules);
        }
      }
    }
  }

  @Override
  public String hash() {
    return hash;
  }

  @Override
  public Collection<Service> services() {
    return byName.values().stream().map(RuleSet::service).toList();
  }

  @Override
  public Optional<Service> service(String name) {
    return Optional.ofNullable(byName.get(name)).map(RuleSet::service);
  }

  @Override
  public Verdict judge(AccessRequest request, String pin) {
    Optional<Ambiguity> ambiguity = request.ambiguity();
    if (ambiguity.isPresent()) {
      return new Verdict.Ambiguous(ambiguity.get());
    }
    if (!HttpToken.matches(request.method())) {
      return new Verdict.Ambiguous(Ambiguity.METHOD);
    }
    RuleSet rules = rules(request, pin);
    PathNormalization normalization =
        rules == null ? PathNormalization.NONE : rules.service().paths();
    return switch (CanonicalPath.parse(request.rawPath(), normalization)) {
      case CanonicalPath.Result.Unclear unclear -> new Verdict.Ambiguous(unclear.why());
      case CanonicalPath.Result.Canonical canonical ->
          rules == null ? new Verdict.NoService() : rules.judge(canonical.path(), request.method());
    };
  }

  private @Nullable RuleSet rules(AccessRequest request, String pin) {
    RuleSet host = ofHost(request.host());
    String named =
        pin.isEmpty() ? request.contextExtensions().getOrDefault(SERVICE_EXTENSION, "") : pin;
    RuleSet decided;
    if (!named.isEmpty()) {
      decided = byName.get(named);
    } else {
      decided = byWorkload.get(request.destinationPrincipal());
      if (decided == null) {
        return host;
      }
    }
    // The host is the caller's to choose: it may not name a service that somebody else is behind.
    return host == null || host == decided ? decided : null;
  }

  /** The exact host, else the longest {@code *.} pattern. */
  private @Nullable RuleSet ofHost(String host) {
    RuleSet exact = byHost.get(host);
    if (exact != null || byDomain.isEmpty()) {
      return exact;
    }
    for (int dot = host.indexOf('.', 1); dot > 0; dot = host.indexOf('.', dot + 1)) {
      RuleSet rules = byDomain.get(host.substring(dot));
      if (rules != null) {
        return rules;
      }
    }
    return null;
  }
}
