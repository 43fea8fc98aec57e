package io.gat.decide;

import io.gat.keys.TrustedKeys;
import io.gat.policy.AccessRequest;
import io.gat.policy.Credential;
import io.gat.policy.PathNormalization;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Upstream;
import io.gat.token.SignedToken;
import io.gat.token.Verification;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Decisions that nobody decided, for tests of what is done with them. */
public final class DecisionFixtures {
  public static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123456Z");
  public static final String POLICY = "0123456789abcdef";

  private DecisionFixtures() {}

  public static CachedVerification cached(
      Verification verification, TrustedKeys keys, Instant now) {
    return new CachedVerification(verification, keys, now);
  }

  /** What is known of this request when it arrives. */
  static Facts facts(AccessRequest request) {
    return Facts.arrived(request, NOW, POLICY);
  }

  static Service service() {
    return new Service(
        "orders",
        Set.of(),
        Set.of("orders.example"),
        List.of("orders"),
        Credential.BEARER,
        PathNormalization.NONE,
        Service.CaseSensitivity.EXACT);
  }

  static Rule rule() {
    return new Rule("read-order", Set.of(), List.of("/v1/orders/{id}"), new Rule.Effect.Open());
  }

  /** An allow by a service that never gets this parameter of a query. */
  public static Decision.Allow allowRemovingQuery(AccessRequest request, String parameter) {
    Service plain = service();
    Service without =
        new Service(
            plain.name(),
            plain.workloads(),
            plain.hosts(),
            plain.audiences(),
            plain.credential(),
            plain.paths(),
            plain.caseSensitivity(),
            new Upstream(
                Upstream.Choice.CONFIGURED, Upstream.Choice.CONFIGURED, Set.of(parameter)));
    return new Decision.Allow(facts(request).in(without).by(rule()), null);
  }

  public static Decision allow(AccessRequest request, CacheResult cache) {
    return new Decision.Allow(facts(request).in(service()).by(rule()).with(null, cache), null);
  }

  /** A denial before any token was read. */
  public static Decision deny(Reason reason, AccessRequest request) {
    return new Decision.Deny(reason, facts(request), new Decision.Detail.Nothing());
  }

  /** A denial of a token whose signature held. */
  public static Decision deny(Reason reason, AccessRequest request, SignedToken token) {
    Facts facts =
        facts(request)
            .in(service())
            .by(rule())
            .with(token, CacheResult.MISS)
            .judged(Freshness.FRESH, 7);
    return new Decision.Deny(reason, facts, new Decision.Detail.Nothing());
  }

  public static Decision failed(Reason reason, AccessRequest request) {
    return new Decision.Failed(reason, facts(request));
  }
}
