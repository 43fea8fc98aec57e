package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JwksReaderTest {
  private static final Map<String, Object> GOOD = ec("good");

  private final JwksReader reader = new JwksReader("jwks.json");

  static Map<String, Object> ec(String kid) {
    try {
      return members(EcJwkGenerator.generateJwk(EllipticCurves.P256), kid);
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Object> members(PublicJsonWebKey jwk, String kid) {
    Map<String, Object> members = new TreeMap<>(jwk.toParams(OutputControlLevel.PUBLIC_ONLY));
    members.put("kid", kid);
    return members;
  }

  private static Map<String, Object> with(Map<String, Object> jwk, String name, Object value) {
    Map<String, Object> changed = new TreeMap<>(jwk);
    changed.put(name, value);
    return changed;
  }

  static String jwks(Object... keys) {
    return JsonUtil.toJson(Map.of("keys", List.of(keys)));
  }

  private List<VerificationKey> read(Object... keys) {
    return reader.read(jwks(keys).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsEveryKindOfKey() throws JoseException {
    List<VerificationKey> keys =
        read(
            GOOD,
            members(EcJwkGenerator.generateJwk(EllipticCurves.P384), "p384"),
            members(OkpJwkGenerator.generateJwk("Ed25519"), "ed"),
            members(RsaJwkGenerator.generateJwk(2048), "rsa"));
    assertEquals(
        List.of("good", "p384", "ed", "rsa"), keys.stream().map(VerificationKey::kid).toList());
    assertTrue(keys.get(0).fits(Algorithm.ES256));
    assertFalse(keys.get(0).fits(Algorithm.ES384));
    assertTrue(keys.get(1).fits(Algorithm.ES384));
    assertTrue(keys.get(2).fits(Algorithm.EDDSA));
    assertTrue(keys.get(3).fits(Algorithm.RS256) && keys.get(3).fits(Algorithm.PS256));
    assertTrue(keys.stream().noneMatch(k -> k.fits(Algorithm.HS256)));
  }

  @Test
  void algNarrowsWhatKeyFits() throws JoseException {
    Map<String, Object> rsa = members(RsaJwkGenerator.generateJwk(2048), "rsa");
    VerificationKey key = read(with(rsa, "alg", "PS256")).getFirst();
    assertTrue(key.fits(Algorithm.PS256));
    assertFalse(key.fits(Algorithm.RS256));
  }

  static Stream<Arguments> unusable() throws JoseException {
    return Stream.of(
        Arguments.of(with(GOOD, "use", "enc")),
        Arguments.of(with(GOOD, "use", 1)),
        Arguments.of(with(GOOD, "key_ops", List.of("encrypt"))),
        Arguments.of(with(GOOD, "key_ops", "verify")),
        Arguments.of(with(GOOD, "kty", "new")),
        Arguments.of(with(GOOD, "kty", 1)),
        Arguments.of(with(GOOD, "crv", "P-384")),
        Arguments.of(with(GOOD, "crv", "nope")),
        Arguments.of(with(GOOD, "crv", 1)),
        Arguments.of(with(GOOD, "x", "AAAA")),
        Arguments.of(with(GOOD, "x", 1)),
        Arguments.of(with(GOOD, "x", String.valueOf(GOOD.get("y")))),
        Arguments.of(with(GOOD, "alg", "ES384")),
        Arguments.of(with(GOOD, "alg", "HS256")),
        Arguments.of(with(GOOD, "alg", "none")),
        Arguments.of(with(GOOD, "kid", 1)),
        Arguments.of(with(GOOD, "kid", "k".repeat(257))),
        Arguments.of(Map.of("kty", "oct", "kid", "s", "k", "A".repeat(43))),
        Arguments.of(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB")),
        Arguments.of(Map.of("kty", "EC")),
        Arguments.of(Map.of()),
        Arguments.of("key"),
        Arguments.of(members(EcJwkGenerator.generateJwk(EllipticCurves.P521), "p521")),
        Arguments.of(members(OkpJwkGenerator.generateJwk("Ed448"), "448")),
        Arguments.of(members(OkpJwkGenerator.generateJwk("X25519"), "x")),
        Arguments.of(members(RsaJwkGenerator.generateJwk(1024), "small")),
        Arguments.of(with(members(RsaJwkGenerator.generateJwk(2048), "e1"), "e", "AQ")),
        Arguments.of(with(members(RsaJwkGenerator.generateJwk(2048), "roca"), "n", rocaModulus())));
  }

  /**
   * A modulus as the broken library made them (CVE-2017-15361): the product of two numbers k·M +
   * (65537^a mod M). That they are no primes here changes nothing of the fingerprint.
   */
  private static String rocaModulus() {
    BigInteger m = BigInteger.TWO;
    for (BigInteger prime = BigInteger.valueOf(3);
        prime.bitLength() < 8 || prime.intValue() <= 167;
        prime = prime.nextProbablePrime()) {
      m = m.multiply(prime);
    }
    BigInteger modulus = BigInteger.ONE;
    for (int a : new int[] {1_234_567, 7_654_321}) {
      BigInteger factor = BigInteger.valueOf(65_537).modPow(BigInteger.valueOf(a), m);
      BigInteger k = BigInteger.ONE.shiftLeft(1_030 - m.bitLength()).add(BigInteger.valueOf(a));
      modulus = modulus.multiply(factor.add(k.multiply(m)));
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(modulus.toByteArray());
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void leavesOutKeyThatItCannotUse(Object key) {
    Map<String, Object> other = ec("other");
    assertEquals(List.of("other"), read(key, other).stream().map(VerificationKey::kid).toList());
    KeySourceException e = assertThrows(KeySourceException.class, () -> read(key));
    assertOneLine(e, "jwks.json: no key that gat can use");
  }

  @ParameterizedTest
  @ValueSource(strings = {"d", "p", "q", "dp", "dq", "qi", "oth"})
  void refusesSetWithPrivateKey(String member) {
    Map<String, Object> key = with(GOOD, member, "c2VjcmV0");
    KeySourceException e = assertThrows(KeySourceException.class, () -> read(ec("a"), key));
    assertOneLine(e, "jwks.json: keys[1] is a private key; ");
    assertFalse(String.valueOf(e.getMessage()).contains("c2VjcmV0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":1}",
        "{\"keys\":[]}",
        "{\"keys\":[]",
        "{\"keys\":[],\"keys\":[]}",
        "<html>"
      })
  void refusesWhatIsNoKeySet(String text) {
    KeySourceException e =
        assertThrows(
            KeySourceException.class, () -> reader.read(text.getBytes(StandardCharsets.UTF_8)));
    assertOneLine(e, "jwks.json: ");
  }

  private static void assertOneLine(KeySourceException e, String start) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith(start), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void unchangedKeyStaysTheSameObject() {
    Map<String, Object> other = ec("other");
    VerificationKey first = read(GOOD).getFirst();
    List<VerificationKey> second = read(other, with(GOOD, "x5t", "changes-nothing"));
    assertSame(first, second.get(1));
    assertSame(second.get(0), read(other).getFirst());
    // It was gone in between: trusting it again is a new decision.
    assertNotSame(first, read(GOOD).getFirst());
  }

  @Test
  void changedKeyIsAnotherObject() {
    VerificationKey first = read(GOOD).getFirst();
    assertNotSame(first, read(with(GOOD, "kid", "renamed")).getFirst());
    assertNotSame(first, read(ec("good")).getFirst());
  }

  @Test
  void failedReadForgetsNothing() {
    VerificationKey first = read(GOOD).getFirst();
    assertThrows(KeySourceException.class, () -> reader.read("{"));
    assertSame(first, read(GOOD).getFirst());
  }

  @Test
  void usesNeitherOfTwoKeysWithOneId() {
    List<VerificationKey> keys = read(ec("twice"), ec("twice"), ec("once"));
    assertEquals(List.of("once"), keys.stream().map(VerificationKey::kid).toList());
  }

  @Test
  void oneIdForTwoAlgorithmsIsFine() throws JoseException {
    Map<String, Object> ed = members(OkpJwkGenerator.generateJwk("Ed25519"), "same");
    assertEquals(2, read(ec("same"), ed).size());
  }

  @Test
  void sameKeyTwiceIsOneKey() {
    assertEquals(1, read(GOOD, GOOD).size());
  }

  @Test
  void keysWithoutIdStandBesideEachOther() {
    Map<String, Object> one = ec("x");
    Map<String, Object> two = ec("x");
    one.remove("kid");
    two.remove("kid");
    assertEquals(2, read(one, two).size());
  }

  @Test
  void endOfAKeyIsItsExp() {
    VerificationKey open = read(GOOD).getFirst();
    assertEquals(Instant.MAX, open.trustedUntil());
    VerificationKey ending = read(with(GOOD, "exp", 1_800_000_000L)).getFirst();
    assertNotSame(open, ending);
    Instant end = Instant.ofEpochSecond(1_800_000_000L);
    assertEquals(end, ending.trustedUntil());
    assertTrue(ending.isTrustedAt(end.minusNanos(1)));
    assertFalse(ending.isTrustedAt(end));
    assertSame(ending, read(with(GOOD, "exp", 1_800_000_000L)).getFirst());
    assertNotSame(ending, read(with(GOOD, "exp", 1_800_000_001L)).getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"tomorrow\"", "-1", "1.5", "true", "1e99", "99999999999999999"})
  void leavesOutKeyWhoseEndCannotBeRead(String exp) {
    String jwks = jwks(GOOD, with(ec("ending"), "exp", "@")).replace("\"@\"", exp);
    List<VerificationKey> keys = reader.read(jwks);
    assertEquals(List.of("good"), keys.stream().map(VerificationKey::kid).toList());
  }
}
