package io.gat.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.cache.CaffeineDecisionCache;
import io.gat.decide.Decider;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Reason;
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
import io.gat.reference.ReferenceDecider.Call;
import io.gat.reference.ReferenceDecider.IssuerSpec;
import io.gat.reference.ReferenceDecider.RevokedSpec;
import io.gat.reference.ReferenceDecider.ServiceSpec;
import io.gat.reference.ReferenceDecider.World;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The real decider and the reference agree on every decision, over random worlds. */
final class AgreementTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Moment MOMENT = new Moment(NOW, Duration.ofHours(1));
  private static final Duration LEEWAY = Duration.ofSeconds(5);
  private static final int WORLDS = 200;
  private static final int CALLS = 40;

  private final RandomTokens tokens = new RandomTokens();
  private final VerificationKey ec =
      new VerificationKey("k1", Set.of(Algorithm.ES256), tokens.trustedEc.getPublic());
  private final VerificationKey ed =
      new VerificationKey("k2", Set.of(Algorithm.EDDSA), tokens.trustedEd.getPublic());

  @Test
  void agreesWithTheReferenceOnEveryDecision() {
    Map<Reason, Integer> seen = new EnumMap<>(Reason.class);
    for (long seed = 0; seed < WORLDS; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      compareInOneWorld(seed, random, seen);
    }
    for (Reason reason : Reason.values()) {
      switch (reason) {
        case KEYS_UNAVAILABLE, OVERLOADED, INTERNAL_ERROR, REPLAYED -> {}
        default ->
            assertTrue(
                seen.getOrDefault(reason, 0) >= 10,
                "too few decisions with " + reason + " for a comparison: " + seen);
      }
    }
  }

  private void compareInOneWorld(long seed, RandomGenerator random, Map<Reason, Integer> seen) {
    RandomWorlds worlds = new RandomWorlds(random);
    List<ServiceSpec> services = worlds.services();
    String pin = worlds.chance(10) ? services.getFirst().name() : "";
    List<RevokedSpec> revoked = new ArrayList<>();
    if (worlds.chance(30)) {
      revoked.add(new RevokedSpec("client_id", "c1", NOW.minusSeconds(random.nextInt(40))));
    }
    if (worlds.chance(30)) {
      revoked.add(new RevokedSpec("sub", "bob", NOW.minusSeconds(random.nextInt(40))));
    }
    boolean fresh = worlds.chance(85);
    World world =
        new World(
            services,
            pin,
            Map.of(
                RandomTokens.ISSUER,
                new IssuerSpec(
                    Set.of("ES256", "EdDSA"),
                    Set.of("at+jwt"),
                    Map.of("k1", tokens.trustedEc.getPublic(), "k2", tokens.trustedEd.getPublic())),
                RandomTokens.OTHER_ISSUER,
                new IssuerSpec(
                    Set.of("ES256"),
                    Set.of("at+jwt", "none"),
                    Map.of("k1", tokens.trustedEc.getPublic()))),
            revoked,
            fresh,
            NOW);
    ReferenceDecider reference = new ReferenceDecider(world);
    Decider decider = decider(world);
    for (int i = 0; i < CALLS; i++) {
      ServiceSpec service = worlds.pick(services);
      String token = tokens.token(random, NOW, service.audiences().getFirst());
      Call call = worlds.call(service, credentials(random, token));
      String expected = reference.decide(call);
      // Twice: the second time from the cache.
      for (int time = 0; time < 2; time++) {
        Reason actual = decider.decide(request(call)).reason();
        seen.merge(actual, 1, Integer::sum);
        assertEquals(
            expected,
            actual.code(),
            () ->
                "seed "
                    + seed
                    + "\n"
                    + RandomWorlds.yaml(services)
                    + "\npin "
                    + pin
                    + "\n"
                    + call
                    + "\n"
                    + token);
      }
    }
  }

  private static Map<String, List<String>> credentials(RandomGenerator random, String token) {
    return switch (random.nextInt(16)) {
      case 0 -> Map.of();
      case 1 -> Map.of("authorization", List.of("Basic YTpi"));
      case 2 -> Map.of("authorization", List.of("Bearer " + token, "Bearer " + token));
      case 3 -> Map.of("authorization", List.of("Bearer " + token + ",Bearer " + token));
      case 4 -> Map.of("authorization", List.of("Basic YTpi, Bearer " + token));
      case 5 -> Map.of("authorization", List.of("bearer  " + token));
      case 6 -> Map.of("authorization", List.of("DPoP " + token));
      case 7 -> Map.of("txn-token", List.of(token + "," + token));
      case 8, 9 -> Map.of("txn-token", List.of(token));
      default -> Map.of("authorization", List.of("Bearer " + token), "txn-token", List.of(token));
    };
  }

  private Decider decider(World world) {
    Policy policy =
        switch (PolicyCompiler.compile(
            List.of(new Source("random.yaml", RandomWorlds.yaml(world.services()))))) {
          case PolicyCompiler.Compiled c -> c.policy();
          case PolicyCompiler.Refused r ->
              throw new AssertionError(r.problems() + "\n" + RandomWorlds.yaml(world.services()));
        };
    TrustedKeys keys =
        TrustedKeys.none()
            .with(RandomTokens.ISSUER, new KeySet(List.of(ec, ed), NOW, Instant.MAX))
            .with(RandomTokens.OTHER_ISSUER, new KeySet(List.of(ec), NOW, Instant.MAX));
    List<Revocation> entries = new ArrayList<>();
    for (RevokedSpec revoked : world.revoked()) {
      entries.add(
          new Revocation(
              revoked.claim().equals("sub")
                  ? new Revocation.Selector.BySubject(revoked.value())
                  : new Revocation.Selector.ByClient(revoked.value()),
              null,
              revoked.at(),
              Revocation.Reach.ISSUED_BEFORE));
    }
    FeedView feed =
        new FeedView(
            world.fresh() ? Lease.proved(MOMENT, Duration.ofSeconds(5)) : Lease.none(MOMENT),
            entries.size(),
            RevocationSet.of(entries, LEEWAY));
    return new Decider(
        new LiveSnapshot(
            new Snapshot(
                Map.of(RandomTokens.ISSUER, feed, RandomTokens.OTHER_ISSUER, feed), keys, policy)),
        new JoseTokenVerifier(
            List.of(
                trust(
                    RandomTokens.ISSUER,
                    Set.of(Algorithm.ES256, Algorithm.EDDSA),
                    Set.of("at+jwt")),
                trust(
                    RandomTokens.OTHER_ISSUER, Set.of(Algorithm.ES256), Set.of("at+jwt", "none"))),
            LEEWAY,
            Duration.ofMinutes(15),
            CryptoProvider.best()),
        new CaffeineDecisionCache(10_000, 10_000, InstantSource.fixed(NOW)),
        KeyRefresher.none(),
        () -> MOMENT,
        world.pin(),
        WhenStale.ERROR);
  }

  private static TrustedIssuer trust(String issuer, Set<Algorithm> algorithms, Set<String> types) {
    return new TrustedIssuer(
        issuer,
        algorithms,
        types,
        List.of("sub", "jti", "client_id", "scope"),
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  private static AccessRequest request(Call call) {
    return AccessRequest.builder()
        .method(call.method())
        .host(call.host())
        .target(call.target())
        .headers(call.headers())
        .destinationPrincipal(call.destinationPrincipal())
        .contextExtensions(call.extensions())
        .build();
  }
}
