package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.EcdsaUsingShaAlgorithm;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Known attacks on readers of signed tokens (RFC 8725), each against a token that is else valid.
 */
final class HeaderTricksTest {
  private final TestIssuer issuer = TestIssuer.of(Algorithm.ES256);

  private void assertFlaw(Flaw flaw, String token) {
    assertEquals(flaw, VerdictOf.flaw(issuer.verify(token)));
  }

  private String withHeader(String name, Object value) {
    Map<String, Object> header = issuer.header();
    header.put(name, value);
    return issuer.token(header, TestIssuer.claims());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none", "None", "NONE", "nOnE", "es256", "ES256 ", "HS256", "RS256", "ES512", "ES256K",
        "dir", ""
      })
  void refusesAlgorithmThatIsNotListed(String alg) {
    assertFlaw(Flaw.ALG_NOT_ALLOWED, withHeader("alg", alg));
    String token = withHeader("alg", alg);
    assertFlaw(Flaw.ALG_NOT_ALLOWED, token.substring(0, token.lastIndexOf('.') + 1));
  }

  @Test
  void refusesNoneWhateverTheIssuerLists() {
    for (Algorithm listed : Algorithm.values()) {
      TestIssuer one = TestIssuer.of(listed);
      Map<String, Object> header = one.header();
      header.put("alg", "none");
      String token = one.token(header, TestIssuer.claims());
      String unsigned = token.substring(0, token.lastIndexOf('.') + 1);
      assertEquals(Flaw.ALG_NOT_ALLOWED, VerdictOf.flaw(one.verify(unsigned)));
    }
  }

  static Stream<Arguments> malformedMembers() {
    return Stream.of(
        Arguments.of("crit", List.of("exp")),
        Arguments.of("crit", List.of()),
        Arguments.of("crit", "b64"),
        Arguments.of("b64", false),
        Arguments.of("b64", true),
        Arguments.of("zip", "DEF"),
        Arguments.of("enc", "A128GCM"),
        Arguments.of("cty", "JWT"),
        Arguments.of("cty", "jwt"),
        Arguments.of("cty", "application/JWT"),
        Arguments.of("cty", 1),
        Arguments.of("alg", 256),
        Arguments.of("alg", List.of("ES256")),
        Arguments.of("alg", Map.of("ES256", true)),
        Arguments.of("typ", 1),
        Arguments.of("typ", List.of("at+jwt")),
        Arguments.of("kid", 1),
        Arguments.of("kid", List.of("k1")),
        Arguments.of("kid", ""),
        Arguments.of("kid", "k".repeat(257)));
  }

  @ParameterizedTest
  @MethodSource("malformedMembers")
  void refusesHeaderMember(String name, Object value) {
    assertFlaw(Flaw.MALFORMED_TOKEN, withHeader(name, value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../dev/null",
        "/etc/passwd",
        "k1' OR '1'='1",
        "http://attacker.example/jwks",
        "k1\u0000",
        "K1",
        " k1",
        "k1 "
      })
  void findsNoKeyByAnotherId(String kid) {
    assertFlaw(Flaw.UNKNOWN_KEY, withHeader("kid", kid));
  }

  @Test
  void ignoresKeyInHeader() throws JoseException {
    TestIssuer attacker = TestIssuer.of(Algorithm.ES256);
    Map<String, Object> embedded =
        PublicJsonWebKey.Factory.newPublicJwk(attacker.trusted.key())
            .toParams(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    Map<String, Object> header = issuer.header();
    header.put("jwk", embedded);
    assertFlaw(Flaw.BAD_SIGNATURE, attacker.token(header, TestIssuer.claims()));
    header.remove("kid");
    assertFlaw(Flaw.BAD_SIGNATURE, attacker.token(header, TestIssuer.claims()));
    header.put("kid", "attacker");
    assertFlaw(Flaw.UNKNOWN_KEY, attacker.token(header, TestIssuer.claims()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"})
  void judgesByItsOwnKeysWhateverTheHeaderPointsAt(String name) {
    TestIssuer attacker = TestIssuer.of(Algorithm.ES256);
    Map<String, Object> header = issuer.header();
    header.put(name, "http://127.0.0.1:9/key");
    assertFlaw(Flaw.BAD_SIGNATURE, attacker.token(header, TestIssuer.claims()));
    assertEquals(
        "alice",
        VerdictOf.token(issuer.verify(issuer.token(header, TestIssuer.claims()))).subject());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "ES384", "RS256", "PS256", "EdDSA"})
  void neverUsesPublicKeyAsSecret(String name) {
    Algorithm algorithm = Algorithm.of(name).orElseThrow();
    TestIssuer honest = TestIssuer.of(algorithm);
    byte[] der = honest.trusted.key().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n";
    // Even an issuer that lists both algorithms has only this public key.
    TrustedIssuer terms =
        new TrustedIssuer(
            TestIssuer.ISSUER,
            Set.of(algorithm, Algorithm.HS256),
            Set.of("at+jwt"),
            List.of(),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    Map<String, Object> header = honest.header();
    header.put("alg", "HS256");
    String input =
        TestIssuer.encode(JsonUtil.toJson(header))
            + "."
            + TestIssuer.encode(JsonUtil.toJson(TestIssuer.claims()));
    for (byte[] secret : List.of(der, pem.getBytes(StandardCharsets.US_ASCII))) {
      byte[] mac =
          TestIssuer.signature(Algorithm.HS256, new SecretKeySpec(secret, "HmacSHA256"), input);
      String token = input + "." + TestIssuer.encode(mac);
      assertEquals(
          Flaw.UNKNOWN_KEY,
          VerdictOf.flaw(
              TestIssuer.verifier(terms)
                  .verify(token, Place.AUTHORIZATION, honest.keys(), TestIssuer.NOW)));
      // And a key set that wrongly claims that the public key fits HS256 does not open either.
      VerificationKey mislabelled =
          new VerificationKey(honest.kid, Set.of(algorithm, Algorithm.HS256), honest.trusted.key());
      assertEquals(
          Flaw.BAD_SIGNATURE,
          VerdictOf.flaw(
              TestIssuer.verifier(terms)
                  .verify(token, Place.AUTHORIZATION, keys(mislabelled), TestIssuer.NOW)));
    }
  }

  private static TrustedKeys keys(VerificationKey... keys) {
    return TrustedKeys.none()
        .with(TestIssuer.ISSUER, new KeySet(List.of(keys), TestIssuer.NOW, Instant.MAX));
  }

  @Test
  void refusesKeyOfAnotherCurveAndSmallRsa() {
    KeyPair p384 = TestIssuer.ec("secp384r1");
    String input = issuer.token().substring(0, issuer.token().lastIndexOf('.'));
    String token = input + "." + TestIssuer.encode(new byte[64]);
    VerificationKey wrongCurve =
        new VerificationKey("k1", Set.of(Algorithm.ES256), p384.getPublic());
    assertEquals(
        Flaw.BAD_SIGNATURE,
        VerdictOf.flaw(
            issuer
                .verifier()
                .verify(token, Place.AUTHORIZATION, keys(wrongCurve), TestIssuer.NOW)));

    TestIssuer rsa = TestIssuer.of(Algorithm.RS256);
    KeyPair small = TestIssuer.rsa(1024);
    VerificationKey smallKey =
        new VerificationKey("k1", Set.of(Algorithm.RS256), small.getPublic());
    String rsaInput = rsa.token().substring(0, rsa.token().lastIndexOf('.'));
    assertEquals(
        Flaw.BAD_SIGNATURE,
        VerdictOf.flaw(
            rsa.verifier()
                .verify(
                    rsaInput + "." + TestIssuer.encode(rawRs256(small, rsaInput)),
                    Place.AUTHORIZATION,
                    keys(smallKey),
                    TestIssuer.NOW)));
  }

  private static byte[] rawRs256(KeyPair pair, String input) {
    try {
      java.security.Signature signature = java.security.Signature.getInstance("SHA256withRSA");
      signature.initSign(pair.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesEveryOtherSpellingOfAnEcdsaSignature() throws Exception {
    String token = issuer.token();
    int dot = token.lastIndexOf('.');
    byte[] good = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    byte[] r = Arrays.copyOf(good, 32);
    byte[] s = Arrays.copyOfRange(good, 32, 64);
    BigInteger n = ((ECPublicKey) issuer.trusted.key()).getParams().getOrder();
    List<byte[]> bad =
        List.of(
            new byte[0],
            new byte[64],
            join(new byte[32], s),
            join(r, new byte[32]),
            join(bytes(n), s),
            join(r, bytes(n)),
            join(bytes(n), bytes(n)),
            EcdsaUsingShaAlgorithm.convertConcatenatedToDer(good),
            Arrays.copyOf(good, 63),
            Arrays.copyOf(good, 65),
            join(new byte[1], good),
            join(good, good));
    for (byte[] signature : bad) {
      assertFlaw(Flaw.BAD_SIGNATURE, token.substring(0, dot + 1) + TestIssuer.encode(signature));
    }
  }

  private static byte[] bytes(BigInteger value) {
    byte[] raw = value.toByteArray();
    return Arrays.copyOfRange(raw, raw.length - 32, raw.length);
  }

  private static byte[] join(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  @Test
  void acceptsTokenWithoutKidOnlyWhereOneKeyFits() {
    Map<String, Object> header = issuer.header();
    header.remove("kid");
    String token = issuer.token(header, TestIssuer.claims());
    TestIssuer other = TestIssuer.of(Algorithm.ES256, "k2");
    TestIssuer otherAlgorithm = TestIssuer.of(Algorithm.ES384, "k3");
    TokenVerifier verifier = issuer.verifier();
    assertEquals(
        "alice",
        VerdictOf.token(
                verifier.verify(
                    token,
                    Place.AUTHORIZATION,
                    keys(issuer.trusted, otherAlgorithm.trusted),
                    TestIssuer.NOW))
            .subject());
    assertEquals(
        Flaw.UNKNOWN_KEY,
        VerdictOf.flaw(
            verifier.verify(
                token, Place.AUTHORIZATION, keys(issuer.trusted, other.trusted), TestIssuer.NOW)));
  }

  @Test
  void keysOutOfTrustAreNoKeys() {
    TokenVerifier verifier = issuer.verifier();
    TrustedKeys old =
        TrustedKeys.none()
            .with(
                TestIssuer.ISSUER,
                new KeySet(List.of(issuer.trusted), TestIssuer.NOW, TestIssuer.NOW));
    for (TrustedKeys none : List.of(old, TrustedKeys.none())) {
      assertTrue(
          verifier.verify(issuer.token(), Place.AUTHORIZATION, none, TestIssuer.NOW)
              instanceof Verification.KeysUnavailable);
    }
  }
}
