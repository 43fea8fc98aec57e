package io.gat.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.json.StrictJson;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MinterTest {
  private static final String ISSUER = "https://gat.example";
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.750Z");

  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  private final Minter minter = minter(key);

  private static Minter minter(SigningKey key) {
    return new Minter(ISSUER, key, InstantSource.fixed(NOW), new SplittableRandom(1));
  }

  private static MintRequest request(Duration ttl, Map<String, Object> claims) {
    return new MintRequest(
        "orders", List.of("orders:read", "orders:write"), "alice", "checkout", ttl, "", claims);
  }

  private static SignedToken verified(SigningKey key, MintedToken minted) {
    TrustedIssuer terms =
        new TrustedIssuer(
            ISSUER,
            Set.of(key.algorithm()),
            Set.of("at+jwt"),
            List.of("sub", "jti", "client_id", "scope"),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    Verification verification =
        new JoseTokenVerifier(
                List.of(terms), Duration.ZERO, MintRequest.MAX_TTL, CryptoProvider.best())
            .verify(
                minted.compact(),
                Place.AUTHORIZATION,
                TrustedKeys.none()
                    .with(ISSUER, new KeySet(List.of(key.verificationKey()), NOW, Instant.MAX)),
                NOW);
    if (verification instanceof Verification.Verified verified) {
      return verified.token().token();
    }
    throw new AssertionError(verification.toString());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HS256")
  void mintsWhatItsVerifierTakes(Algorithm algorithm) {
    SigningKey signing = SigningKey.generate(algorithm, CryptoProvider.best());
    MintedToken minted =
        minter(signing)
            .mint(
                request(Duration.ofSeconds(60), Map.of("tenant", "acme")), Jitter.NONE, "somebody");
    SignedToken token = verified(signing, minted);
    assertEquals(minted.tokenId(), token.tokenId());
    assertEquals(minted.txn(), token.txn());
    assertEquals(minted.expiresAt(), token.expiresAt());
    assertEquals("alice", token.subject());
    assertEquals("checkout", token.client());
    assertEquals(List.of("orders"), token.audiences());
    assertEquals(List.of("orders:read", "orders:write"), List.copyOf(token.scopes()));
    assertEquals("acme", token.claims().get("tenant"));
    assertEquals(Duration.ofSeconds(60), Duration.between(token.issuedAt(), token.expiresAt()));
  }

  @Test
  void headerNamesTypeAndKey() throws Exception {
    String compact =
        minter.mint(request(Duration.ofSeconds(60), Map.of()), Jitter.NONE, "somebody").compact();
    byte[] header = Base64.getUrlDecoder().decode(compact.substring(0, compact.indexOf('.')));
    assertEquals(
        Map.of("alg", "ES256", "typ", "at+jwt", "kid", key.kid()), StrictJson.object(header));
  }

  @Test
  void idsHave128BitsAndAreNewEachTime() {
    SignedToken one =
        verified(
            key, minter.mint(request(Duration.ofSeconds(60), Map.of()), Jitter.NONE, "somebody"));
    SignedToken two =
        verified(
            key, minter.mint(request(Duration.ofSeconds(60), Map.of()), Jitter.NONE, "somebody"));
    assertEquals(16, Base64.getUrlDecoder().decode(one.jti()).length);
    assertEquals(16, Base64.getUrlDecoder().decode(one.txn()).length);
    assertNotEquals(one.jti(), two.jti());
    assertNotEquals(one.txn(), two.txn());
  }

  @Test
  void keepsTheTransactionThatIsGiven() {
    MintRequest request =
        new MintRequest(
            "orders", List.of("r"), "alice", "checkout", Duration.ofSeconds(9), "t-7", Map.of());
    assertEquals("t-7", verified(key, minter.mint(request, Jitter.NONE, "somebody")).txn());
  }

  @Test
  void jitterOnlyEverShortensAndByAtMostFivePercent() {
    Instant full = NOW.minusMillis(750).plusSeconds(600);
    boolean shortened = false;
    for (int i = 0; i < 100; i++) {
      Instant expiry =
          minter
              .mint(request(Duration.ofMinutes(10), Map.of()), Jitter.SHORTER, "somebody")
              .expiresAt();
      assertFalse(expiry.isAfter(full));
      assertFalse(expiry.isBefore(full.minusSeconds(30)));
      shortened |= expiry.isBefore(full);
    }
    assertTrue(shortened);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.5S", "PT-1S", "PT15M0.001S", "PT24H"})
  void refusesLifeOutOfBounds(String ttl) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> request(Duration.parse(ttl), Map.of()));
    assertTrue(String.valueOf(e.getMessage()).startsWith("ttl: "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "scope", "txn"})
  void refusesToOverwriteWhatTheIssuerWrites(String claim) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> request(Duration.ofSeconds(60), Map.of(claim, "x")));
    assertEquals("claim " + claim + ": only the issuer writes it", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\"b", "a\\b", "ä", "a\n"})
  void refusesWhatIsNoScope(String scope) {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new MintRequest(
                "orders", List.of(scope), "a", "c", Duration.ofSeconds(9), "", Map.of()));
  }

  @Test
  void refusesClaimsThatAreNotJson() {
    assertThrows(
        IllegalArgumentException.class,
        () -> request(Duration.ofSeconds(60), Map.of("when", Instant.EPOCH)));
    assertThrows(
        IllegalArgumentException.class,
        () -> request(Duration.ofSeconds(60), Map.of("x", Double.NaN)));
    assertThrows(
        IllegalArgumentException.class,
        () -> request(Duration.ofSeconds(60), Map.of("x", "\ud800")));
  }

  @Test
  void refusesTokenLongerThanVerifiersTake() {
    MintRequest request = request(Duration.ofSeconds(60), Map.of("big", "x".repeat(8000)));
    assertThrows(
        IllegalArgumentException.class, () -> minter.mint(request, Jitter.NONE, "somebody"));
  }

  @Test
  void neverShowsTheToken() {
    MintedToken minted =
        minter.mint(request(Duration.ofSeconds(60), Map.of()), Jitter.NONE, "somebody");
    String signature = minted.compact().substring(minted.compact().lastIndexOf('.') + 1);
    assertFalse(minted.toString().contains(signature));
    assertFalse(minted.toString().contains(minted.compact().substring(0, 20)));
  }
}
