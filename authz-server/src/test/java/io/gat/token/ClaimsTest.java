package io.gat.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gat.keys.Algorithm;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the claims of a signed token mean. */
final class ClaimsTest {
  private static final TestIssuer ISSUER = TestIssuer.of(Algorithm.ES256);
  private static final String HEADER = JsonUtil.toJson(ISSUER.header());
  private static final long NOW = TestIssuer.NOW.getEpochSecond();

  private static Verification with(String claim, Object value) {
    Map<String, Object> claims = TestIssuer.claims();
    claims.put(claim, value);
    return ISSUER.verify(ISSUER.token(ISSUER.header(), claims));
  }

  private static Verification verify(TrustedIssuer terms, Map<String, Object> claims) {
    return TestIssuer.verifier(terms)
        .verify(
            ISSUER.token(ISSUER.header(), claims),
            Place.AUTHORIZATION,
            ISSUER.keys(),
            TestIssuer.NOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"aud", "exp", "iat", "sub", "jti", "client_id", "scope"})
  void missesClaim(String claim) {
    Map<String, Object> claims = TestIssuer.claims();
    claims.remove(claim);
    assertEquals(
        Flaw.MISSING_CLAIM, VerdictOf.flaw(ISSUER.verify(ISSUER.token(ISSUER.header(), claims))));
  }

  static Stream<Arguments> unreadable() {
    return Stream.of(
            Map.of("aud", List.of("", 1, true, List.of(), List.of(""), List.of("a", 1), Map.of())),
            Map.of("exp", List.of("1", true, List.of(1), Map.of(), -1, 253402300800L, 1e300)),
            Map.of("iat", List.of("1", false, List.of(), -1, 1e18)),
            Map.of("nbf", List.of("1", false, List.of(), -1, 1e18)),
            Map.of("sub", List.of("", 1, List.of("alice"), Map.of())),
            Map.of("jti", List.of("", 1, true)),
            Map.of("client_id", List.of("", 1)),
            Map.of("scope", List.of("", " ", "   ", 1, List.of(), List.of(""), List.of("a", 1))))
        .flatMap(
            row ->
                row.entrySet().stream()
                    .flatMap(e -> e.getValue().stream().map(v -> Arguments.of(e.getKey(), v))));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void claimThatCannotBeReadIsMissing(String claim, Object value) {
    assertEquals(Flaw.MISSING_CLAIM, VerdictOf.flaw(with(claim, value)));
  }

  @Test
  void nullCountsAsAbsent() {
    String json = JsonUtil.toJson(TestIssuer.claims());
    String nulled = json.replace("\"alice\"", "null");
    assertEquals(Flaw.MISSING_CLAIM, VerdictOf.flaw(ISSUER.verify(ISSUER.token(HEADER, nulled))));
    String extra = json.substring(0, json.length() - 1) + ",\"nbf\":null,\"x\":null}";
    assertFalse(
        VerdictOf.token(ISSUER.verify(ISSUER.token(HEADER, extra))).claims().containsKey("x"));
  }

  @Test
  void issuerThatIsNoTrustedStringIsUnknown() {
    for (Object iss :
        List.of("", "https://gat.example/", "HTTPS://GAT.EXAMPLE", 1, List.of(TestIssuer.ISSUER))) {
      assertEquals(Flaw.UNKNOWN_ISSUER, VerdictOf.flaw(with("iss", iss)));
    }
    Map<String, Object> claims = TestIssuer.claims();
    claims.remove("iss");
    assertEquals(
        Flaw.UNKNOWN_ISSUER, VerdictOf.flaw(ISSUER.verify(ISSUER.token(ISSUER.header(), claims))));
  }

  @Test
  void readsScopesAndAudiencesInEitherForm() {
    assertEquals(
        List.of("b", "a"), List.copyOf(VerdictOf.token(with("scope", " b  a b ")).scopes()));
    assertEquals(
        List.of("b", "a"), List.copyOf(VerdictOf.token(with("scope", List.of("b", "a"))).scopes()));
    assertEquals(List.of("x", "y"), VerdictOf.token(with("aud", List.of("x", "y"))).audiences());
  }

  @Test
  void readsClaimsByTheIssuersNames() {
    TrustedIssuer terms =
        new TrustedIssuer(
            TestIssuer.ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub", "client_id", "scope", "tenant"),
            Map.of("scope", "scp", "client", "azp", "subject", "oid"),
            TrustedIssuer.Audiences.ONE);
    Map<String, Object> claims = TestIssuer.claims();
    claims.put("scp", List.of("orders:read"));
    claims.put("azp", "portal");
    claims.put("oid", "u-1");
    claims.put("tenant", "acme");
    SignedToken token = VerdictOf.token(verify(terms, claims));
    assertEquals(Set.of("orders:read"), token.scopes());
    assertEquals("portal", token.client());
    assertEquals("u-1", token.subject());
    for (String name : List.of("scp", "azp", "oid", "tenant")) {
      Map<String, Object> lacking = new LinkedHashMap<>(claims);
      lacking.remove(name);
      assertEquals(Flaw.MISSING_CLAIM, VerdictOf.flaw(verify(terms, lacking)));
      lacking.put(name, "");
      assertEquals(Flaw.MISSING_CLAIM, VerdictOf.flaw(verify(terms, lacking)));
    }
  }

  @Test
  void readsWhatIsNotRequiredAsEmpty() {
    TrustedIssuer terms =
        new TrustedIssuer(
            TestIssuer.ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of(),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    Map<String, Object> claims = TestIssuer.claims();
    claims.keySet().removeAll(Set.of("sub", "jti", "client_id", "scope", "txn"));
    SignedToken token = VerdictOf.token(verify(terms, claims));
    assertEquals("", token.subject() + token.jti() + token.client() + token.txn());
    assertEquals(Set.of(), token.scopes());
    assertEquals(22, token.tokenId().length());
  }

  @Test
  void tokenIdIsThatOfTheDesign() {
    // printf 'https://gat.example\njti-1' | sha256sum | head -c 32, as base64url
    assertEquals(
        "ctAZe_OsgEvYxgvcp1a_vA", VerdictOf.token(ISSUER.verify(ISSUER.token())).tokenId());
    assertEquals("ctAZe_OsgEvYxgvcp1a_vA", TokenIds.of("https://gat.example", "jti-1"));
  }

  @ParameterizedTest
  @CsvSource({
    // exp, iat and nbf relative to now in seconds; leeway 5 s, longest lifetime 900 s
    "50, -10, , ",
    "890, -10, , ",
    "891, -10, , LIFETIME_TOO_LONG",
    "890.5, -10, , LIFETIME_TOO_LONG",
    "890, -9.5, , ",
    "-4, -10, , ",
    "-4.999, -10, , ",
    "-5, -10, , EXPIRED",
    "-5.001, -10, , EXPIRED",
    "-6, -10, , EXPIRED",
    "-1000, -10, , EXPIRED",
    "50, 5, , ",
    "50, 6, , NOT_YET_VALID",
    "50, 5.001, , NOT_YET_VALID",
    "50, -10, 5, ",
    "50, -10, 6, NOT_YET_VALID",
    "50, -10, 5000, NOT_YET_VALID",
    "0, 0, , EXPIRED",
    "3, 4, , EXPIRED",
    "2000, 6, , LIFETIME_TOO_LONG",
    "-6, -1000, 100, LIFETIME_TOO_LONG",
    "-6, -10, 100, NOT_YET_VALID",
  })
  void judgesTimes(double exp, double iat, Double nbf, Flaw flaw) {
    Map<String, Object> claims = TestIssuer.claims();
    claims.put("exp", NOW + exp);
    claims.put("iat", NOW + iat);
    if (nbf != null) {
      claims.put("nbf", NOW + nbf);
    }
    Verification verification = ISSUER.verify(ISSUER.token(ISSUER.header(), claims));
    if (flaw == null) {
      assertEquals("alice", VerdictOf.token(verification).subject());
    } else {
      assertEquals(flaw, VerdictOf.flaw(verification));
    }
  }

  @Test
  void earlyTokenIsRejectedUntilItsTimeLessTheLeeway() {
    Verification.Rejected byNbf = VerdictOf.rejected(with("nbf", NOW + 20));
    assertEquals(TestIssuer.NOW.plusSeconds(15), byNbf.until());
    Verification.Rejected byIat = VerdictOf.rejected(with("iat", NOW + 30));
    assertEquals(TestIssuer.NOW.plusSeconds(25), byIat.until());
    assertEquals(Instant.MAX, VerdictOf.rejected(with("exp", NOW - 60)).until());
  }

  @Test
  void claimsCannotBeChanged() {
    SignedToken token = VerdictOf.token(with("tags", Map.of("a", List.of("b"))));
    assertThrows(UnsupportedOperationException.class, () -> token.claims().put("x", "y"));
    assertThrows(UnsupportedOperationException.class, () -> token.scopes().add("x"));
    assertEquals(Map.of("a", List.of("b")), token.claims().get("tags"));
  }

  @ParameterizedTest
  @CsvSource({
    "at+jwt, AUTHORIZATION, true",
    "AT+JWT, AUTHORIZATION, true",
    "application/at+jwt, AUTHORIZATION, true",
    "Application/At+Jwt, AUTHORIZATION, true",
    "text/at+jwt, AUTHORIZATION, false",
    "application/application/at+jwt, AUTHORIZATION, false",
    "jwt, AUTHORIZATION, false",
    "'', AUTHORIZATION, false",
    "none, AUTHORIZATION, false",
    ", AUTHORIZATION, false",
    "txntoken+jwt, AUTHORIZATION, false",
    "at+jwt, TXN_TOKEN, false",
    "txntoken+jwt, TXN_TOKEN, true",
    "application/TXNTOKEN+JWT, TXN_TOKEN, true",
    ", TXN_TOKEN, false",
  })
  void acceptsTypeByPlace(String typ, Place place, boolean accepted) {
    assertType(Set.of("at+jwt"), typ, place, accepted);
  }

  @ParameterizedTest
  @CsvSource({
    ", AUTHORIZATION, true",
    "none, AUTHORIZATION, false",
    "jwt, AUTHORIZATION, true",
    "at+jwt, AUTHORIZATION, false",
    "txntoken+jwt, AUTHORIZATION, false",
    "jwt, TXN_TOKEN, false",
    ", TXN_TOKEN, false",
  })
  void acceptsTypeByConfiguration(String typ, Place place, boolean accepted) {
    assertType(Set.of("none", "jwt", "txntoken+jwt"), typ, place, accepted);
  }

  private static void assertType(Set<String> types, String typ, Place place, boolean accepted) {
    TrustedIssuer terms =
        new TrustedIssuer(
            TestIssuer.ISSUER,
            Set.of(Algorithm.ES256),
            types,
            List.of(),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    Map<String, Object> header = ISSUER.header();
    if (typ == null) {
      header.remove("typ");
    } else {
      header.put("typ", typ);
    }
    Verification verification =
        TestIssuer.verifier(terms)
            .verify(
                ISSUER.token(header, TestIssuer.claims()), place, ISSUER.keys(), TestIssuer.NOW);
    if (accepted) {
      assertEquals("alice", VerdictOf.token(verification).subject());
    } else {
      assertEquals(Flaw.WRONG_TYPE, VerdictOf.flaw(verification));
    }
  }
}
