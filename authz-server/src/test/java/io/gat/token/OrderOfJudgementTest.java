package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.keys.Algorithm;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;

/** Tokens with every combination of flaws: the first in the order of judgement is the answer. */
final class OrderOfJudgementTest {
  private static final TestIssuer ISSUER = TestIssuer.of(Algorithm.HS256, "k1");
  private static final long NOW = TestIssuer.NOW.getEpochSecond();

  @Test
  void firstFlawIsTheReasonForEveryCombination() {
    TokenVerifier verifier = ISSUER.verifier();
    List<Flaw> all = List.of(Flaw.values());
    for (int bits = 1; bits < 1 << all.size(); bits++) {
      Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
      for (int i = 0; i < all.size(); i++) {
        if ((bits & (1 << i)) != 0) {
          flaws.add(all.get(i));
        }
      }
      Flaw first = new ArrayList<>(flaws).getFirst();
      Verification.Rejected rejected =
          VerdictOf.rejected(
              verifier.verify(token(flaws), Place.AUTHORIZATION, ISSUER.keys(), TestIssuer.NOW));
      assertEquals(first, rejected.flaw(), flaws.toString());
      boolean signatureHeld = first.compareTo(Flaw.BAD_SIGNATURE) > 0;
      assertEquals(signatureHeld, rejected.signed().isPresent(), flaws.toString());
      boolean issuerKnown = first.compareTo(Flaw.UNKNOWN_ISSUER) > 0;
      assertEquals(issuerKnown, rejected.trust().isPresent(), flaws.toString());
    }
  }

  /** A token with exactly these flaws. */
  private static String token(Set<Flaw> flaws) {
    Map<String, Object> header = ISSUER.header();
    Map<String, Object> claims = TestIssuer.claims();
    for (Flaw flaw : flaws) {
      switch (flaw) {
        case MALFORMED_TOKEN -> header.put("crit", List.of("x"));
        case UNKNOWN_ISSUER -> claims.put("iss", "https://elsewhere.example");
        case ALG_NOT_ALLOWED -> header.put("alg", "HS512");
        case WRONG_TYPE -> header.put("typ", "jwt");
        case UNKNOWN_KEY -> header.put("kid", "k2");
        case MISSING_CLAIM -> claims.remove("sub");
        case LIFETIME_TOO_LONG -> claims.put("iat", NOW - 5000);
        case NOT_YET_VALID -> claims.put("nbf", NOW + 1000);
        case EXPIRED -> claims.put("exp", NOW - 5);
        case BAD_SIGNATURE -> {}
      }
    }
    String token = ISSUER.token(JsonUtil.toJson(header), JsonUtil.toJson(claims));
    return flaws.contains(Flaw.BAD_SIGNATURE)
        ? token.substring(0, token.lastIndexOf('.') + 1) + TestIssuer.encode(new byte[32])
        : token;
  }

  @Test
  void missingKeysAreJudgedAfterTheTypeAndBeforeTheSignature() {
    TokenVerifier verifier = ISSUER.verifier();
    for (Flaw flaw : Flaw.values()) {
      Verification verification =
          verifier.verify(
              token(Set.of(flaw)),
              Place.AUTHORIZATION,
              io.gat.keys.TrustedKeys.none(),
              TestIssuer.NOW);
      if (flaw.compareTo(Flaw.UNKNOWN_KEY) < 0) {
        assertEquals(flaw, VerdictOf.flaw(verification));
      } else {
        assertEquals(new Verification.KeysUnavailable(ISSUER.terms()), verification);
      }
    }
  }
}
