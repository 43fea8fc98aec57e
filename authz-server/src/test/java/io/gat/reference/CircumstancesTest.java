package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.CacheResult;
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
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers, query, callers and time windows in a decision: where they stand, and for how long. */
final class CircumstancesTest {
  /** A Tuesday. */
  private static final Instant OPENS = Instant.parse("2026-11-24T08:00:00Z");

  private static final String POLICY =
      """
      version: gat/v1
      service: s
      hosts: [s]
      audience: s
      rules:
        - {name: hours, paths: [/hours], scopes: [a:read], during: {from: "08:00", to: "08:01"}}
        - {name: near, paths: [/near], scopes: [a:read], from: {networks: [10.0.0.0/8]}}
        - {name: far, paths: [/far], scopes: [a:never], from: {networks: [11.0.0.0/8]}}
        - {name: page, paths: [/page], query: {page: "1"}, headers: {x-a: b}}
        - {name: scrape, paths: [/metrics], public: true, from: {namespaces: [monitoring]}}
        - {name: frozen, paths: ["/{all=**}"], deny: true, from: {namespaces: [evil]}}
        - {name: pause, paths: [/near], deny: true, during: {from: "08:01", to: "08:02"}}
      """;

  private final RandomTokens keys = new RandomTokens();
  private final Decider decider;
  private Instant now = OPENS;

  CircumstancesTest() {
    VerificationKey key =
        new VerificationKey("k1", Set.of(Algorithm.ES256), keys.trustedEc.getPublic());
    KeySet set = new KeySet(List.of(key), OPENS.minusSeconds(60), Instant.MAX);
    TrustedIssuer trust =
        new TrustedIssuer(
            RandomTokens.ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub"),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    this.decider =
        new Decider(
            new LiveSnapshot(
                new Snapshot(
                    Map.of(), TrustedKeys.none().with(RandomTokens.ISSUER, set), policy())),
            new JoseTokenVerifier(
                List.of(trust),
                Duration.ofSeconds(5),
                Duration.ofMinutes(15),
                CryptoProvider.best()),
            new CaffeineDecisionCache(10, 10, () -> now),
            KeyRefresher.none(),
            () -> new Moment(now, Duration.between(OPENS, now).plusHours(1)),
            "",
            WhenStale.ERROR);
  }

  private static Policy policy() {
    return switch (PolicyCompiler.compile(List.of(new Source("s.yaml", POLICY)))) {
      case PolicyCompiler.Compiled c -> c.policy();
      case PolicyCompiler.Refused r -> throw new AssertionError(r.problems());
    };
  }

  private String token() {
    JsonObject head = new JsonObject();
    head.addProperty("alg", "ES256");
    head.addProperty("typ", "at+jwt");
    head.addProperty("kid", "k1");
    JsonObject claims = new JsonObject();
    claims.addProperty("iss", RandomTokens.ISSUER);
    claims.addProperty("sub", "alice");
    claims.addProperty("aud", "s");
    claims.addProperty("iat", OPENS.getEpochSecond() - 30);
    claims.addProperty("exp", OPENS.getEpochSecond() + 600);
    claims.addProperty("scope", "a:read");
    return RandomTokens.signed(head, claims, keys.trustedEc);
  }

  private Decision decide(String target, String token, String address, String namespace) {
    return decider.decide(
        AccessRequest.builder()
            .method("GET")
            .host("s")
            .target(target)
            .headers(
                token.isEmpty()
                    ? Map.of("x-a", List.of("b"))
                    : Map.of("authorization", List.of("Bearer " + token), "x-a", List.of("b")))
            .sourceAddress(address)
            .sourcePrincipal("spiffe://d/ns/" + namespace + "/sa/x")
            .build());
  }

  @Test
  void rememberedTokenDoesNotOutliveATimeWindow() {
    String token = token();
    record Step(Duration after, String reason, CacheResult cache) {}
    for (Step step :
        List.of(
            new Step(Duration.ofMillis(-1), "condition_false", CacheResult.MISS),
            new Step(Duration.ZERO, "ok", CacheResult.HIT),
            new Step(Duration.ofMillis(59_999), "ok", CacheResult.HIT),
            new Step(Duration.ofMinutes(1), "condition_false", CacheResult.HIT),
            new Step(Duration.ofSeconds(30), "ok", CacheResult.HIT))) {
      now = OPENS.plus(step.after());
      Decision decision = decide("/hours", token, "", "a");
      assertEquals(step.reason(), decision.reason().code(), () -> "after " + step.after());
      assertEquals(step.cache(), decision.facts().cache());
    }
  }

  @Test
  void denyRuleBeginsAndEndsWithItsWindow() {
    String token = token();
    record Step(Duration after, String reason) {}
    for (Step step :
        List.of(
            new Step(Duration.ofMillis(59_999), "ok"),
            new Step(Duration.ofMinutes(1), "denied_by_rule"),
            new Step(Duration.ofMillis(119_999), "denied_by_rule"),
            new Step(Duration.ofMinutes(2), "ok"))) {
      now = OPENS.plus(step.after());
      assertEquals(step.reason(), decide("/near", token, "10.1.1.1", "a").reason().code());
    }
  }

  @ParameterizedTest(name = "{0} token={1} address={2} namespace={3}: {4} by {5}")
  @CsvSource({
    "/near,good,10.1.1.1,a,ok,near",
    "/near,good,11.1.1.1,a,condition_false,near",
    "/near,good,'',a,condition_false,near",
    // Token and scope come first, so that nobody learns more than before.
    "/near,'',11.1.1.1,a,no_token,near",
    "/near,x.y,11.1.1.1,a,malformed_token,near",
    "/far,good,10.1.1.1,a,insufficient_scope,far",
    // A deny rule comes before all of them.
    "/near,'',11.1.1.1,evil,denied_by_rule,frozen",
    "/page?page=1,good,'',a,ok,page",
    "/page?page=2,good,'',a,condition_false,page",
    "/page?page=1&page=1,good,'',a,condition_false,page",
    "/page,good,'',a,condition_false,page",
    // A public rule reads no token, but asks where the call is from.
    "/metrics,'','',monitoring,ok,scrape",
    "/metrics,'','',a,condition_false,scrape",
    "/metrics,good,'',a,condition_false,scrape",
    "/metrics,'','',evil,denied_by_rule,frozen",
    "/nowhere,good,'',a,no_rule,''",
  })
  void firstFailureIsTheReason(
      String target, String token, String address, String namespace, String reason, String rule) {
    Decision decision = decide(target, token.equals("good") ? token() : token, address, namespace);
    assertEquals(reason, decision.reason().code());
    assertEquals(rule, decision.facts().rule().map(r -> r.name()).orElse(""));
  }
}
