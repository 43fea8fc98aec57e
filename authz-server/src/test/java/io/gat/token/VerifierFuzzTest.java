package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gat.keys.Algorithm;

/** Whatever the text: an answer, never an exception, and never another token's yes. */
final class VerifierFuzzTest {
  private static final TestIssuer ISSUER = TestIssuer.of(Algorithm.HS256, "k1");
  private static final String VALID = ISSUER.token();
  private static final TokenVerifier VERIFIER = ISSUER.verifier();

  @FuzzTest
  void anyText(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    check(text);
    check(TestIssuer.encode(text) + "." + TestIssuer.encode(text) + ".AAAA");
  }

  @FuzzTest
  void anySignedPayload(FuzzedDataProvider data) {
    byte[] payload = data.consumeRemainingAsBytes();
    String input = VALID.substring(0, VALID.indexOf('.')) + "." + TestIssuer.encode(payload);
    // The issuer itself signs nonsense: any answer will do, as long as there is one.
    assertNotNull(verify(ISSUER.sign(input)));
  }

  private static Verification verify(String token) {
    return VERIFIER.verify(token, Place.AUTHORIZATION, ISSUER.keys(), TestIssuer.NOW);
  }

  private static void check(String token) {
    assertTrue(token.equals(VALID) || !(verify(token) instanceof Verification.Verified), token);
  }
}
