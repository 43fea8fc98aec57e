package io.gat.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The authz role.
 *
 * @param listen TCP or a Unix socket, default {@code tcp://0.0.0.0:9191}
 * @param connections who may connect there
 * @param service the pin: the one service that this server answers for; empty where there is none
 * @param policy where the rules come from
 * @param candidate what is judged by beside the policy and never decides, if anything; that it can
 *     be read is nobody's condition
 * @param environment whose {@code values:} the policy files take, default {@code default}
 * @param trust at least one issuer, each only once
 * @param leeway how far clocks may differ, in [0, 5 min], default 5 s
 * @param maxTokenLifetime the longest exp − iat that is accepted, in (0, 24 h], default 15 min
 * @param http listeners for proxies that ask over plain HTTP, default none
 */
public record AuthzConfig(
    ListenAddress listen,
    List<HttpAuthzConfig> http,
    ConnectionsConfig connections,
    String service,
    PolicyConfig policy,
    Optional<PolicyConfig> candidate,
    String environment,
    List<TrustConfig> trust,
    Duration leeway,
    Duration maxTokenLifetime,
    FreshnessConfig freshness,
    UpstreamConfig upstream,
    CacheConfig cache) {
  static final Duration MAX_LEEWAY = Duration.ofMinutes(5);
  static final Duration MAX_LIFETIME = Duration.ofHours(24);

  public AuthzConfig {
    Objects.requireNonNull(connections);
    Objects.requireNonNull(service);
    Objects.requireNonNull(policy);
    Objects.requireNonNull(candidate);
    Objects.requireNonNull(environment);
    http = List.copyOf(http);
    trust = List.copyOf(trust);
    Objects.requireNonNull(freshness);
    Objects.requireNonNull(upstream);
    Objects.requireNonNull(cache);
    if (listen instanceof ListenAddress.Http) {
      throw new IllegalArgumentException("authz speaks gRPC: tcp:// or unix://");
    }
    Set<String> issuers = new HashSet<>();
    for (TrustConfig one : trust) {
      if (!issuers.add(one.terms().issuer())) {
        throw new IllegalArgumentException("an issuer stands twice");
      }
    }
    if (trust.isEmpty()) {
      throw new IllegalArgumentException("authz trusts at least one issuer");
    }
    if (leeway.isNegative() || leeway.compareTo(MAX_LEEWAY) > 0) {
      throw new IllegalArgumentException("leeway is in [0, 5 min]");
    }
    if (!maxTokenLifetime.isPositive() || maxTokenLifetime.compareTo(MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException("max-token-lifetime is in (0, 24 h]");
    }
  }
}
