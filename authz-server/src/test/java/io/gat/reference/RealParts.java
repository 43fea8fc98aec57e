package io.gat.reference;

import io.gat.decide.Snapshot;
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
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A random world, and gat's own parts set up in it. */
final class RealParts {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final Moment MOMENT = new Moment(NOW, Duration.ofHours(1));
  static final Duration LEEWAY = Duration.ofSeconds(5);
  static final Duration MAX_LIFETIME = Duration.ofMinutes(15);

  final RandomTokens tokens = new RandomTokens();
  private final VerificationKey ec =
      new VerificationKey("k1", Set.of(Algorithm.ES256), tokens.trustedEc.getPublic());
  private final VerificationKey ed =
      new VerificationKey("k2", Set.of(Algorithm.EDDSA), tokens.trustedEd.getPublic());

  /** A world with these services. */
  World world(RandomWorlds worlds, RandomGenerator random, List<ServiceSpec> services) {
    String pin = worlds.chance(10) ? services.getFirst().name() : "";
    List<RevokedSpec> revoked = new ArrayList<>();
    if (worlds.chance(30)) {
      revoked.add(new RevokedSpec("client_id", "c1", NOW.minusSeconds(random.nextInt(40))));
    }
    if (worlds.chance(30)) {
      revoked.add(new RevokedSpec("sub", "bob", NOW.minusSeconds(random.nextInt(40))));
    }
    boolean fresh = worlds.chance(85);
    return new World(
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
  }

  /** What a decider of the world knows. */
  Snapshot snapshot(World world) {
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
    return new Snapshot(
        Map.of(RandomTokens.ISSUER, feed, RandomTokens.OTHER_ISSUER, feed), keys, policy);
  }

  TokenVerifier verifier() {
    return new JoseTokenVerifier(trust(), LEEWAY, MAX_LIFETIME, CryptoProvider.best());
  }

  /** Whose tokens the world accepts. */
  static List<TrustedIssuer> trust() {
    return List.of(
        trust(RandomTokens.ISSUER, Set.of(Algorithm.ES256, Algorithm.EDDSA), Set.of("at+jwt")),
        trust(RandomTokens.OTHER_ISSUER, Set.of(Algorithm.ES256), Set.of("at+jwt", "none")));
  }

  /** A token as callers show it, well or badly. */
  static Map<String, List<String>> credentials(RandomGenerator random, String token) {
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

  private static TrustedIssuer trust(String issuer, Set<Algorithm> algorithms, Set<String> types) {
    return new TrustedIssuer(
        issuer,
        algorithms,
        types,
        List.of("sub", "jti", "client_id", "scope"),
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  /** What the mesh reports of a call. */
  static AccessRequest request(Call call) {
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
