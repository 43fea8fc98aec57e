package io.gat.perf;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One issuer with one key, its tokens, and a verifier that trusts it: what the benchmarks share.
 */
final class TestTokens {
  private static final CryptoProvider PROVIDER = CryptoProvider.best();

  private final Algorithm algorithm;
  private final SigningKey key;
  // Fixed for a run, so that no token expires however long JMH takes.
  private final Instant now = Instant.now();

  TestTokens(Algorithm algorithm) {
    this.algorithm = algorithm;
    this.key = SigningKey.generate(algorithm, PROVIDER);
  }

  Instant now() {
    return now;
  }

  TrustedKeys keys() {
    return TrustedKeys.none()
        .with(Mint.ISSUER, new KeySet(List.of(key.verificationKey()), now, Instant.MAX));
  }

  TokenVerifier verifier() {
    return new JoseTokenVerifier(
        List.of(
            new TrustedIssuer(
                Mint.ISSUER,
                Set.of(algorithm),
                Set.of("at+jwt"),
                List.of("sub", "jti", "client_id", "scope"),
                Map.of(),
                TrustedIssuer.Audiences.ONE)),
        Duration.ofSeconds(5),
        Duration.ofMinutes(15),
        PROVIDER);
  }

  /** A token like those of {@code perf/run}; another number makes another token. */
  String token(int number) {
    return key.sign(
        """
        {"iss":"%s","sub":"spiffe://perf.example/ns/shop/sa/checkout","aud":"orders",\
        "client_id":"checkout","scope":"orders:read","iat":%d,"exp":%d,"jti":"%032x"}"""
            .formatted(Mint.ISSUER, now.getEpochSecond(), now.getEpochSecond() + 600, number),
        "at+jwt");
  }
}
