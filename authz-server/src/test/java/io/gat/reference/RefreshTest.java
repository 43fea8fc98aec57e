package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import io.gat.policy.AccessRequest;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import io.gat.revocation.Moment;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a check does that meets an unknown key. */
final class RefreshTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Moment MOMENT = new Moment(NOW, Duration.ofHours(1));

  private final RandomTokens keys = new RandomTokens();
  private final AtomicInteger asked = new AtomicInteger();
  private final LiveSnapshot live =
      new LiveSnapshot(
          new Snapshot(
              Map.of(),
              TrustedKeys.none().with(RandomTokens.ISSUER, set(List.of())),
              policy("a:read")));

  static KeySet set(List<VerificationKey> list) {
    return new KeySet(list, NOW, Instant.MAX);
  }

  private void publishKey() {
    live.keys(
        RandomTokens.ISSUER,
        set(
            List.of(
                new VerificationKey("k1", Set.of(Algorithm.ES256), keys.trustedEc.getPublic()))));
  }

  private static Policy policy(String scope) {
    String yaml =
        """
        version: gat/v1
        service: s
        hosts: [s]
        audience: s
        rules:
          - {name: all, paths: ["/{rest=**}"], scopes: ["%s"]}
        """
            .formatted(scope);
    return compiled(yaml);
  }

  static Policy compiled(String yaml) {
    return switch (PolicyCompiler.compile(List.of(new Source("s.yaml", yaml)))) {
      case PolicyCompiler.Compiled c -> c.policy();
      case PolicyCompiler.Refused r -> throw new AssertionError(r.problems());
    };
  }

  /** Trusts the issuer of {@link #token(RandomTokens)}. */
  static TokenVerifier verifier() {
    TrustedIssuer trust =
        new TrustedIssuer(
            RandomTokens.ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub"),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    return new JoseTokenVerifier(
        List.of(trust), Duration.ofSeconds(5), Duration.ofMinutes(15), CryptoProvider.best());
  }

  private Decision decide(KeyRefresher refresher) {
    Decider decider =
        new Decider(
            live,
            verifier(),
            new CaffeineDecisionCache(10, 10, InstantSource.fixed(NOW)),
            refresher,
            () -> MOMENT,
            "",
            WhenStale.ERROR);
    return decider.decide(
        AccessRequest.builder()
            .method("GET")
            .host("s")
            .target("/x")
            .headers(Map.of("authorization", List.of("Bearer " + token())))
            .build());
  }

  private String token() {
    return token(keys);
  }

  static String token(RandomTokens keys) {
    JsonObject head = new JsonObject();
    head.addProperty("alg", "ES256");
    head.addProperty("typ", "at+jwt");
    head.addProperty("kid", "k1");
    JsonObject claims = new JsonObject();
    claims.addProperty("iss", RandomTokens.ISSUER);
    claims.addProperty("sub", "alice");
    claims.addProperty("aud", "s");
    claims.addProperty("iat", NOW.getEpochSecond());
    claims.addProperty("exp", NOW.getEpochSecond() + 60);
    claims.addProperty("scope", "a:read");
    return RandomTokens.signed(head, claims, keys.trustedEc);
  }

  @Test
  void allowsWithAKeyThatTheRefreshBrought() {
    Decision decision =
        decide(
            issuer -> {
              publishKey();
              return true;
            });

    assertEquals("ok", decision.reason().code());
  }

  @Test
  void decidesByOneSnapshotAfterTheRefresh() {
    Policy stricter = policy("a:never");
    Decision decision =
        decide(
            issuer -> {
              live.policy(stricter);
              publishKey();
              return true;
            });

    assertEquals("insufficient_scope", decision.reason().code());
    assertEquals(stricter.hash(), decision.facts().policyHash());
  }

  @Test
  void asksOnceEvenWhereTheRefreshDidNotHelp() {
    Decision decision =
        decide(
            issuer -> {
              asked.incrementAndGet();
              return true;
            });

    assertEquals("unknown_key", decision.reason().code());
    assertEquals(1, asked.get());
  }
}
