package io.gat.token;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import java.nio.charset.StandardCharsets;
import java.security.InvalidAlgorithmParameterException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jca.ProviderContext;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmFactoryFactory;
import org.jose4j.jws.JsonWebSignatureAlgorithm;
import org.jose4j.lang.JoseException;

/** An issuer with one key of one algorithm, that signs whatever a test wants. */
final class TestIssuer {
  static final String ISSUER = "https://gat.example";
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final Duration LEEWAY = Duration.ofSeconds(5);
  static final Duration MAX_LIFETIME = Duration.ofMinutes(15);
  static final List<String> REQUIRED = List.of("sub", "jti", "client_id", "scope");

  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  final Algorithm algorithm;
  final String kid;
  final Key signing;
  final VerificationKey trusted;

  private TestIssuer(Algorithm algorithm, String kid, Key signing, Key verifying) {
    this.algorithm = algorithm;
    this.kid = kid;
    this.signing = signing;
    this.trusted = new VerificationKey(kid, Set.of(algorithm), verifying);
  }

  static TestIssuer of(Algorithm algorithm) {
    return of(algorithm, algorithm == Algorithm.HS256 ? "" : "k1");
  }

  static TestIssuer of(Algorithm algorithm, String kid) {
    if (algorithm == Algorithm.HS256) {
      Key secret = new SecretKeySpec(new byte[32], "HmacSHA256");
      return new TestIssuer(algorithm, kid, secret, secret);
    }
    KeyPair pair = pair(algorithm);
    return new TestIssuer(algorithm, kid, pair.getPrivate(), pair.getPublic());
  }

  static KeyPair pair(Algorithm algorithm) {
    return switch (algorithm) {
      case ES256 -> ec("secp256r1");
      case ES384 -> ec("secp384r1");
      case EDDSA -> generator("Ed25519").generateKeyPair();
      case RS256, PS256 -> rsa(2048);
      case HS256 -> throw new IllegalArgumentException("no pair");
    };
  }

  static KeyPair ec(String curve) {
    KeyPairGenerator generator = generator("EC");
    try {
      generator.initialize(new ECGenParameterSpec(curve));
    } catch (InvalidAlgorithmParameterException e) {
      throw new AssertionError(e);
    }
    return generator.generateKeyPair();
  }

  static KeyPair rsa(int bits) {
    KeyPairGenerator generator = generator("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static KeyPairGenerator generator(String name) {
    try {
      return KeyPairGenerator.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The terms on which this issuer is trusted. */
  TrustedIssuer terms() {
    return new TrustedIssuer(
        ISSUER,
        Set.of(algorithm),
        Set.of("at+jwt"),
        REQUIRED,
        Map.of(),
        TrustedIssuer.Audiences.ONE);
  }

  TrustedKeys keys() {
    return TrustedKeys.none().with(ISSUER, new KeySet(List.of(trusted), NOW, Instant.MAX));
  }

  /** The claims of a token that is valid at {@link #NOW}. */
  static Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", ISSUER);
    claims.put("sub", "alice");
    claims.put("aud", "orders");
    claims.put("exp", NOW.getEpochSecond() + 50);
    claims.put("iat", NOW.getEpochSecond() - 10);
    claims.put("jti", "jti-1");
    claims.put("client_id", "checkout");
    claims.put("scope", "orders:read orders:write");
    claims.put("txn", "txn-1");
    return claims;
  }

  Map<String, Object> header() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", algorithm.joseName());
    header.put("typ", "at+jwt");
    if (!kid.isEmpty()) {
      header.put("kid", kid);
    }
    return header;
  }

  String token() {
    return token(header(), claims());
  }

  String token(Map<String, Object> header, Map<String, Object> claims) {
    return token(JsonUtil.toJson(header), JsonUtil.toJson(claims));
  }

  String token(String headerJson, String payloadJson) {
    return sign(encode(headerJson) + "." + encode(payloadJson));
  }

  /** Signs any input as it is. */
  String sign(String input) {
    return input + "." + BASE64URL.encodeToString(signature(algorithm, signing, input));
  }

  static byte[] signature(Algorithm algorithm, Key key, String input) {
    try {
      JsonWebSignatureAlgorithm jose =
          AlgorithmFactoryFactory.getInstance()
              .getJwsAlgorithmFactory()
              .getAlgorithm(algorithm.joseName());
      return jose.sign(
          jose.prepareForSign(key, new ProviderContext()),
          input.getBytes(StandardCharsets.ISO_8859_1));
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  static String encode(byte[] bytes) {
    return BASE64URL.encodeToString(bytes);
  }

  static TokenVerifier verifier(TrustedIssuer terms) {
    return new JoseTokenVerifier(List.of(terms), LEEWAY, MAX_LIFETIME, CryptoProvider.best());
  }

  TokenVerifier verifier() {
    return verifier(terms());
  }

  /** What an own verifier says of this token at {@link #NOW}. */
  Verification verify(String compact) {
    return verifier().verify(compact, Place.AUTHORIZATION, keys(), NOW);
  }
}
