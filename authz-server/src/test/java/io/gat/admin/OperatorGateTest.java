package io.gat.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gat.admin.OperatorGate.Admission;
import io.gat.call.Header;
import io.gat.call.HeaderBudget;
import io.gat.call.Refusal;
import io.gat.decide.Decision;
import io.gat.decide.KeyRefresher;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.policy.AccessRequest;
import io.gat.policy.Verdict;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.revocation.RevocationSet;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is an operator, and who is not. */
final class OperatorGateTest {
  private static final String ISSUER = "https://gat.example";
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Moment MOMENT = new Moment(NOW, Duration.ZERO);
  private static final CryptoProvider CRYPTO = CryptoProvider.jdk();

  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CRYPTO);
  private OperatorGate.Evidence evidence =
      new OperatorGate.Evidence(Map.of(ISSUER, fresh(RevocationSet.empty())), keys(key));
  private KeyRefresher refresher = KeyRefresher.none();

  private static FeedView fresh(RevocationSet revocations) {
    return new FeedView(Lease.proved(MOMENT, Duration.ofSeconds(5)), 1, revocations);
  }

  private static TrustedKeys keys(SigningKey key) {
    return TrustedKeys.none()
        .with(ISSUER, new KeySet(List.of(key.verificationKey()), NOW, Instant.MAX));
  }

  private OperatorGate gate() {
    TrustedIssuer terms =
        new TrustedIssuer(
            ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub", "jti", "client_id", "scope"),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    return new OperatorGate(
        new JoseTokenVerifier(
            List.of(terms), Duration.ofSeconds(5), Duration.ofMinutes(15), CRYPTO),
        () -> evidence,
        issuer -> refresher.refresh(issuer),
        () -> MOMENT);
  }

  private Admission admit(String... authorization) {
    return gate().admit("POST", "/v1/explain", List.of(authorization), "r1");
  }

  private static String reason(Admission admission) {
    return switch (admission) {
      case Admission.Admitted admitted -> "admitted";
      case Admission.Refused refused -> refused.decision().reason().code();
    };
  }

  private static String claims(String audience, String scope, long issued, long expires) {
    return "{\"iss\":\""
        + ISSUER
        + "\",\"sub\":\"olga\",\"aud\":"
        + audience
        + ",\"iat\":"
        + (NOW.getEpochSecond() + issued)
        + ",\"exp\":"
        + (NOW.getEpochSecond() + expires)
        + ",\"jti\":\"j1\",\"client_id\":\"cli\",\"scope\":\""
        + scope
        + "\"}";
  }

  private String good() {
    return claims("\"gat-admin\"", "gat:audit", -10, 50);
  }

  private String bearer(String claims) {
    return "Bearer " + key.sign(claims, "at+jwt");
  }

  @Test
  void admitsWhoShowsAnOperatorsGat() {
    Admission.Admitted admitted = assertInstanceOf(Admission.Admitted.class, admit(bearer(good())));
    assertEquals("olga", admitted.operator().subject());
    assertEquals("cli", admitted.operator().client());
    assertFalse(admitted.operator().tokenId().isEmpty());
    assertFalse(admitted.toString().contains("olga"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "orders"                | gat:audit            | -10  | 50   | wrong_audience
          ["gat-admin","orders"]  | gat:audit            | -10  | 50   | wrong_audience
          "gat-admin"             | gat:revoke gat:keys  | -10  | 50   | insufficient_scope
          "gat-admin"             | gat:audit-not        | -10  | 50   | insufficient_scope
          "gat-admin"             | gat:audit            | -70  | -5   | expired
          "gat-admin"             | gat:audit            | 6    | 50   | not_yet_valid
          "gat-admin"             | gat:audit            | -10  | 3600 | lifetime_too_long
          ["gat-admin"]           | gat:keys gat:audit   | -10  | 50   | admitted
          """)
  void judgesTheClaims(String audience, String scope, long issued, long expires, String expected) {
    assertEquals(expected, reason(admit(bearer(claims(audience, scope, issued, expires)))));
  }

  @Test
  void refusesWhatIsNoGatOfTheIssuer() {
    assertEquals("no_token", reason(admit()));
    assertEquals("no_token", reason(admit("Basic b2xnYTpvbGdh")));
    assertEquals("malformed_token", reason(admit("Bearer x")));
    assertEquals(
        "unknown_issuer", reason(admit(bearer(good().replace("gat.example", "mallory.example")))));
    assertEquals("missing_claim", reason(admit(bearer(good().replace("\"jti\"", "\"x\"")))));
    assertEquals("wrong_type", reason(admit("Bearer " + key.sign(good(), "jwt"))));
    String[] parts = key.sign(good(), "at+jwt").split("\\.", -1);
    assertEquals(
        "bad_signature",
        reason(admit("Bearer " + parts[0] + "." + parts[1] + "." + "A".repeat(86))));
    assertEquals(
        "ambiguous_request", reason(admit(bearer(good()), bearer(good()))), "two credentials");
  }

  /** The listener sees no certificate, so it cannot tell whether the holder is the right one. */
  @Test
  void refusesABoundGat() {
    String bound = good().replace("\"jti\"", "\"cnf\":{\"x5t#S256\":\"AAAA\"},\"jti\"");
    assertEquals("binding_mismatch", reason(admit(bearer(bound))));
  }

  @Test
  void refusesARevokedGat() {
    Revocation olga =
        new Revocation(
            new Revocation.Selector.BySubject("olga"), ISSUER, NOW, Revocation.Reach.ISSUED_BEFORE);
    evidence =
        new OperatorGate.Evidence(
            Map.of(ISSUER, fresh(RevocationSet.of(List.of(olga), Duration.ZERO))), keys(key));
    assertEquals("revoked", reason(admit(bearer(good()))));
  }

  @Test
  void admitsNobodyWhileRevocationsAreStale() {
    evidence = new OperatorGate.Evidence(Map.of(ISSUER, FeedView.silent(MOMENT)), keys(key));
    assertEquals("revocation_stale", reason(admit(bearer(good()))));
  }

  @Test
  void admitsAGatOfAnIssuerThatTellsOfNoRevocations() {
    evidence = new OperatorGate.Evidence(Map.of(), keys(key));
    assertEquals("admitted", reason(admit(bearer(good()))));
  }

  @Test
  void looksForAKeyThatItDoesNotKnow() {
    OperatorGate.Evidence newer = evidence;
    evidence =
        new OperatorGate.Evidence(
            newer.feeds(), keys(SigningKey.generate(Algorithm.ES256, CRYPTO)));
    List<String> asked = new ArrayList<>();
    refresher =
        issuer -> {
          asked.add(issuer);
          evidence = newer;
          return true;
        };
    assertEquals("admitted", reason(admit(bearer(good()))));
    assertEquals(List.of(ISSUER), asked);
  }

  @Test
  void hasNoAnswerWithoutKeys() {
    evidence = new OperatorGate.Evidence(Map.of(), TrustedKeys.none());
    assertEquals("keys_unavailable", reason(admit(bearer(good()))));
  }

  @Test
  void knowsNoOtherOperation() {
    OperatorGate gate = gate();
    List<String> authorization = List.of(bearer(good()));
    assertEquals("no_rule", reason(gate.admit("GET", "/v1/explain", authorization, "")));
    assertEquals("no_rule", reason(gate.admit("POST", "/v1/explain/", authorization, "")));
    assertEquals(
        "ambiguous_request", reason(gate.admit("POST", "/v1//explain", authorization, "")));
  }

  @Test
  void challengesAsRfc6750Says() {
    assertEquals("Bearer realm=\"gat-admin\"", challenge(admit()));
    assertEquals(
        "Bearer realm=\"gat-admin\", error=\"invalid_token\"", challenge(admit("Bearer x")));
    assertEquals(
        "Bearer realm=\"gat-admin\", error=\"insufficient_scope\", scope=\"gat:audit\"",
        challenge(admit(bearer(claims("\"gat-admin\"", "gat:keys", -10, 50)))));
  }

  private static String challenge(Admission admission) {
    Admission.Refused refused = assertInstanceOf(Admission.Refused.class, admission);
    Decision.Deny denied = assertInstanceOf(Decision.Deny.class, refused.decision());
    return Refusal.of(denied, HeaderBudget.standard()).headers().stream()
        .filter(header -> header.name().equals("www-authenticate"))
        .map(Header::value)
        .findFirst()
        .orElse("");
  }

  /** An operation without a scope would be for everybody. */
  @Test
  void itsPolicyAsksForTheScopeOfTheOperation() {
    AccessRequest explain = AccessRequest.builder().method("POST").target("/v1/explain").build();
    Verdict.Guarded guarded =
        assertInstanceOf(
            Verdict.Guarded.class,
            OperatorPolicy.load().judge(explain, OperatorPolicy.SERVICE, NOW));
    assertEquals(Set.of("gat:audit"), guarded.guard().neededScopes());
    assertEquals(Set.of("gat-admin"), Set.copyOf(guarded.service().audiences()));
  }
}
