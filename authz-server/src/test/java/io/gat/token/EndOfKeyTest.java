package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.keys.Algorithm;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;

/** A key that has ended verifies nothing, however good the token is. */
final class EndOfKeyTest {
  private static final TestIssuer ISSUER = TestIssuer.of(Algorithm.ES256, "k1");
  private static final Instant NOW = TestIssuer.NOW;

  private static VerificationKey ending(Instant end) {
    VerificationKey key = ISSUER.trusted;
    return new VerificationKey(key.kid(), Set.of(Algorithm.ES256), key.key(), end);
  }

  private static Verification verify(Map<String, Object> header, VerificationKey... keys) {
    TrustedKeys trusted =
        TrustedKeys.none()
            .with(ISSUER.terms().issuer(), new KeySet(List.of(keys), NOW, Instant.MAX));
    return ISSUER
        .verifier()
        .verify(
            ISSUER.token(JsonUtil.toJson(header), JsonUtil.toJson(TestIssuer.claims())),
            Place.AUTHORIZATION,
            trusted,
            NOW);
  }

  @Test
  void keyIsGoodUntilItsEnd() {
    assertInstanceOf(
        Verification.Verified.class, verify(ISSUER.header(), ending(NOW.plusNanos(1))));
    assertEquals(Flaw.UNKNOWN_KEY, VerdictOf.flaw(verify(ISSUER.header(), ending(NOW))));
  }

  @Test
  void keyThatHasEndedIsInNobodysWay() {
    Map<String, Object> header = ISSUER.header();
    header.remove("kid");
    VerificationKey ended =
        new VerificationKey(
            "old",
            Set.of(Algorithm.ES256),
            TestIssuer.of(Algorithm.ES256, "old").trusted.key(),
            NOW);
    assertInstanceOf(Verification.Verified.class, verify(header, ended, ending(Instant.MAX)));
  }
}
