package io.gat.decide;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import io.gat.token.TokenFixtures;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** A cached result ends with its key. */
final class EndOfKeyInCacheTest {
  private static final String ISSUER = "https://gat.example";
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @Test
  void cachedResultEndsWithItsKey() {
    Instant end = NOW.plusSeconds(10);
    VerificationKey key =
        new VerificationKey(
            "k1",
            Set.of(Algorithm.HS256),
            new SecretKeySpec(
                "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII),
                "HmacSHA256"),
            end);
    TrustedKeys keys = TrustedKeys.none().with(ISSUER, new KeySet(List.of(key), NOW, Instant.MAX));
    CachedVerification cached =
        DecisionFixtures.cached(
            TokenFixtures.verified(
                TokenFixtures.signed(ISSUER, key, NOW, NOW, NOW.plusSeconds(60)), Duration.ZERO),
            keys,
            NOW);
    assertTrue(cached.isUsable(end.minusNanos(1), keys));
    assertFalse(cached.isUsable(end, keys));
  }
}
