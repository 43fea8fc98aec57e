package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.DecisionCache;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Room;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.keys.Algorithm;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import io.gat.policy.AccessRequest;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.RevocationSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One lease, judged by each service's own patience, by a clock of the test. */
final class FreshnessByServiceTest {
  private static final String POLICY =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: s
      rules: [{name: all, paths: ["/{all=**}"], scopes: ["a:read"]}]
      ---
      version: gat/v1
      service: payments
      hosts: [payments.example]
      audience: s
      rules: [{name: all, paths: ["/{all=**}"], scopes: ["a:read"]}]
      ---
      version: gat/v1
      service: search
      hosts: [search.example]
      audience: s
      rules: [{name: all, paths: ["/{all=**}"], scopes: ["a:read"]}]
      """;
  private static final Moment T0 = RealParts.MOMENT;

  private final RandomTokens tokens = new RandomTokens();
  private final String token = RefreshTest.token(tokens);
  private Moment now = T0;

  private Decider decider(Lease lease, FreshnessTerms terms) {
    VerificationKey key =
        new VerificationKey("k1", Set.of(Algorithm.ES256), tokens.trustedEc.getPublic());
    TrustedKeys keys =
        TrustedKeys.none()
            .with(RandomTokens.ISSUER, new KeySet(List.of(key), RealParts.NOW, Instant.MAX));
    DecisionCache cache = new CaffeineDecisionCache(10, 10, InstantSource.fixed(RealParts.NOW));
    return new Decider(
        new LiveSnapshot(
            new Snapshot(
                Map.of(RandomTokens.ISSUER, new FeedView(lease, 0, RevocationSet.empty())),
                keys,
                RefreshTest.compiled(POLICY))),
        RefreshTest.verifier(),
        cache,
        KeyRefresher.none(),
        () -> now,
        "",
        terms,
        Room.unlimited(),
        cache);
  }

  private String answer(Decider decider, String service) {
    Decision decision =
        decider.decide(
            AccessRequest.builder()
                .method("GET")
                .host(service + ".example")
                .target("/x")
                .headers(Map.of("authorization", List.of("Bearer " + token)))
                .build());
    return decision.getClass().getSimpleName() + " " + decision.reason().code();
  }

  private static FreshnessTerms terms() {
    return new FreshnessTerms(
        WhenStale.ERROR,
        Map.of(
            "payments", new FreshnessTerms.OfService(Duration.ofSeconds(2), WhenStale.DENY),
            "search", new FreshnessTerms.OfService(Duration.ofSeconds(1), WhenStale.ALLOW)));
  }

  /** The lease of 5 s ends after 4.95 s, that of 2 s after 1.98 s, both after the same probe. */
  @ParameterizedTest
  @CsvSource({
    "0,    orders,   Allow ok",
    "4949, orders,   Allow ok",
    "4950, orders,   Failed revocation_stale",
    "0,    payments, Allow ok",
    "1979, payments, Allow ok",
    "1980, payments, Deny revocation_stale",
    "9000, payments, Deny revocation_stale",
    "1979, search,   Allow ok",
    "9000, search,   Allow ok",
  })
  void aStricterServiceTakesTheBeginningOfALease(int millis, String service, String answer) {
    Decider decider = decider(Lease.proved(T0, Duration.ofSeconds(5)), terms());
    now = new Moment(T0.wall().plusMillis(millis), T0.monotonic().plusMillis(millis));
    assertEquals(answer, answer(decider, service));
  }

  /** Each clock alone ends it: the machine was suspended, or its wall clock set back. */
  @Test
  void theStricterClockCountsForAStricterServiceToo() {
    Decider decider = decider(Lease.proved(T0, Duration.ofSeconds(5)), terms());
    now = new Moment(T0.wall().plusSeconds(2), T0.monotonic());
    assertEquals("Deny revocation_stale", answer(decider, "payments"));
    assertEquals("Allow ok", answer(decider, "orders"));
    now = new Moment(T0.wall().minusSeconds(4), T0.monotonic().plusSeconds(2));
    assertEquals("Deny revocation_stale", answer(decider, "payments"));
    assertEquals("Allow ok", answer(decider, "orders"));
  }

  /** Nobody is fresh by a lease that nobody has proved, however patient. */
  @Test
  void noLeaseIsNoLeaseForAnybody() {
    Decider decider = decider(Lease.none(T0), terms());
    assertEquals("Failed revocation_stale", answer(decider, "orders"));
    assertEquals("Deny revocation_stale", answer(decider, "payments"));
  }

  /** A lease of a shorter life than a service asks for ends when it ends. */
  @Test
  void noServiceStretchesALease() {
    Decider decider = decider(Lease.proved(T0, Duration.ofSeconds(1)), terms());
    now = new Moment(T0.wall().plusMillis(990), T0.monotonic());
    assertEquals("Deny revocation_stale", answer(decider, "payments"));
  }
}
