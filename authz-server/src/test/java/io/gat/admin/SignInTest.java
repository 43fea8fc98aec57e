package io.gat.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.AdminOperation.Call;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in with an OpenID provider that is really asked over HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class SignInTest {
  private static final CryptoProvider CRYPTO = CryptoProvider.jdk();
  private static final SigningKey KEY = SigningKey.generate(Algorithm.ES256, CRYPTO);

  private final TestGats.Trail trail = new TestGats.Trail();
  private final TestGats.Trail refusals = new TestGats.Trail();
  private Instant now = Instant.now();
  private OidcProvider provider = new OidcProvider();
  private SignIn signIn = signIn(provider.issuer());

  SignInTest() throws IOException {}

  private SignIn signIn(String issuer) {
    return new SignIn(
        new SignIn.Provider(
            URI.create(issuer),
            OidcProvider.CLIENT,
            Set.of(Algorithm.ES256, Algorithm.RS256),
            "openid groups",
            List.of(
                new SignIn.Grant("groups", "sre", Set.of("gat:revoke", "gat:audit")),
                new SignIn.Grant("groups", "keepers", Set.of("gat:keys")),
                new SignIn.Grant("department", "security", Set.of("gat:audit")),
                new SignIn.Grant("email", "otto@example.com", Set.of("gat:keys")))),
        new TestGats("https://gat.example", KEY),
        trail,
        refusals,
        CRYPTO,
        () -> now);
  }

  @BeforeEach
  void fresh() {
    assertTrue(trail.events().isEmpty());
  }

  @AfterEach
  void close() {
    signIn.close();
    provider.close();
  }

  private Answer call(String method, String body) {
    return signIn.operations().stream()
        .filter(o -> o.method().equals(method))
        .findFirst()
        .orElseThrow()
        .handler()
        .apply(new Call(Map.of(), Map.of(), body, "r-1", ""));
  }

  private JsonObject start() {
    Answer answer = call("GET", "");
    assertEquals(200, answer.status(), answer.json());
    return JsonParser.parseString(answer.json()).getAsJsonObject();
  }

  private Map<String, Object> claims() {
    return provider.claims(start().get("nonce").getAsString());
  }

  private Answer finish(String idToken) {
    return call("POST", JsonUtil.toJson(Map.of("id_token", idToken)));
  }

  private static String reason(Answer answer) {
    return JsonParser.parseString(answer.json()).getAsJsonObject().get("reason").getAsString();
  }

  private void refuses(String reason, String idToken) {
    Answer answer = finish(idToken);
    assertEquals(401, answer.status(), answer.json());
    assertEquals(reason, reason(answer));
    assertFalse(answer.json().contains("eyJ"), answer.json());
    assertEquals(List.of(), trail.events());
    AuditEvent event = refusals.events().getLast();
    assertEquals(Action.OPERATOR_SIGNED_IN, event.action());
    assertEquals(Outcome.REFUSED, event.outcome());
    assertEquals(reason, event.reason());
    assertEquals("r-1", event.requestId());
    assertFalse(event.toString().contains("eyJ"));
  }

  @Test
  void saysWhatToSignInWith() {
    JsonObject start = start();
    assertEquals(provider.issuer(), start.get("issuer").getAsString());
    assertEquals(OidcProvider.CLIENT, start.get("client_id").getAsString());
    assertEquals("openid groups", start.get("scope").getAsString());
    assertEquals(600, start.get("expires_in").getAsInt());
    assertTrue(start.get("nonce").getAsString().matches("[A-Za-z0-9_-]{54}"));
  }

  @Test
  void makesAnOperatorOfAPersonWithAGrant() {
    Answer answer = finish(provider.sign(claims()));
    assertEquals(200, answer.status(), answer.json());
    JsonObject gat = JsonParser.parseString(answer.json()).getAsJsonObject();
    String subject = "oidc:" + provider.issuer() + "#olga";
    assertEquals(subject, gat.get("subject").getAsString());
    assertEquals("[\"gat:audit\",\"gat:revoke\"]", gat.get("scopes").toString());
    JsonObject claims =
        JsonParser.parseString(
                new String(
                    Base64.getUrlDecoder()
                        .decode(gat.get("token").getAsString().split("\\.", -1)[1]),
                    StandardCharsets.UTF_8))
            .getAsJsonObject();
    assertEquals("gat-admin", claims.get("aud").getAsString());
    assertEquals(subject, claims.get("sub").getAsString());
    assertEquals("gat:audit gat:revoke", claims.get("scope").getAsString());
    assertEquals(900, claims.get("exp").getAsLong() - claims.get("iat").getAsLong());
    AuditEvent event = trail.events().getFirst();
    assertEquals(Action.OPERATOR_SIGNED_IN, event.action());
    assertEquals(Outcome.DONE, event.outcome());
    assertEquals(subject, event.actor().name());
    assertEquals(gat.get("token_id").getAsString(), event.tokenId());
    assertEquals(List.of("gat:audit", "gat:revoke"), event.scopes());
    assertFalse(event.toString().contains("eyJ"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          aud    | "another-client"                        | wrong_audience
          aud    | ["another-client"]                      | wrong_audience
          aud    | "gat-operators-2"                       | wrong_audience
          aud    | "GAT-OPERATORS"                         | wrong_audience
          aud    | ["gat-operators", "another"]            | wrong_party
          azp    | "another"                               | wrong_party
          azp    | ["gat-operators"]                       | wrong_party
          nonce  | "made-up"                               | wrong_nonce
          nonce  | ""                                      | wrong_nonce
          nonce  | 7                                       | wrong_nonce
          nonce  | "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" | wrong_nonce
          nonce  | null                                    | wrong_nonce
          iss    | "https://another.example"               | unknown_issuer
          iss    | null                                    | unknown_issuer
          sub    | null                                    | missing_claim
          sub    | 7                                       | missing_claim
          aud    | null                                    | missing_claim
          exp    | null                                    | missing_claim
          iat    | null                                    | missing_claim
          """)
  void refusesWhatIsNotForIt(String claim, String value, String reason) throws Exception {
    Map<String, Object> claims = new HashMap<>(claims());
    Object parsed = JsonUtil.parseJson("{\"v\":" + value + "}").get("v");
    if (parsed == null) {
      claims.remove(claim);
    } else {
      claims.put(claim, parsed);
    }
    refuses(reason, provider.sign(claims));
  }

  @ParameterizedTest
  @CsvSource({
    "-7200, -60, expired",
    "-60, -31, expired",
    "60, 3600, not_yet_valid",
    "-10, 90000, lifetime_too_long",
  })
  void refusesWhatIsNotOfNow(long issued, long ends, String reason) {
    Map<String, Object> claims = new HashMap<>(claims());
    claims.put("iat", now.getEpochSecond() + issued);
    claims.put("exp", now.getEpochSecond() + ends);
    refuses(reason, provider.sign(claims));
  }

  @Test
  void refusesAnIssuerThatOnlyLooksLikeTheOne() {
    Map<String, Object> claims = new HashMap<>(claims());
    claims.put("iss", provider.issuer() + "/");
    refuses("unknown_issuer", provider.sign(claims));
  }

  @Test
  void refusesWhatTheProviderHasNotSigned() {
    SigningKey other = SigningKey.generate(Algorithm.ES256, CRYPTO);
    refuses("unknown_key", other.sign(JsonUtil.toJson(claims()), "JWT"));
    String good = provider.sign(claims());
    String[] parts = good.split("\\.", -1);
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                    .replace("olga", "eve0")
                    .getBytes(StandardCharsets.UTF_8));
    refuses("bad_signature", parts[0] + "." + forged + "." + parts[2]);
    refuses("malformed_token", parts[0] + "." + parts[1]);
    refuses("malformed_token", "");
    refuses("malformed_token", good + ".x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "HS256", "RS512", "PS256", ""})
  void takesOnlyAlgorithmsOfItsList(String algorithm) {
    String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + provider.key().kid() + "\"}";
    String compact =
        encoded(header) + "." + encoded(JsonUtil.toJson(claims())) + "." + encoded("signature");
    Answer answer = finish(compact);
    assertEquals(401, answer.status());
    assertTrue(
        Set.of("alg_not_allowed", "malformed_token").contains(reason(answer)), reason(answer));
    assertEquals(List.of(), trail.events());
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "logout+jwt", "dpop+jwt"})
  void refusesOtherTokensOfTheSameProvider(String type) {
    refuses("wrong_type", provider.key().sign(JsonUtil.toJson(claims()), type));
  }

  @Test
  void takesANonceOnce() {
    Map<String, Object> claims = claims();
    assertEquals(200, finish(provider.sign(claims)).status());
    Answer again = finish(provider.sign(claims));
    assertEquals("wrong_nonce", reason(again));
    assertEquals(1, trail.events().size());
  }

  @Test
  void takesANonceForTenMinutes() {
    Map<String, Object> claims = claims();
    now = now.plus(Duration.ofMinutes(10)).plusSeconds(1);
    refuses("wrong_nonce", provider.sign(claims));
  }

  @Test
  void takesNoNonceOfAnotherProcess() {
    String foreign;
    try (SignIn other = signIn(provider.issuer())) {
      SignIn mine = signIn;
      signIn = other;
      foreign = start().get("nonce").getAsString();
      signIn = mine;
    }
    refuses("wrong_nonce", provider.sign(provider.claims(foreign)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"groups": ["staff"]}
          {"groups": ["SRE"]}
          {"groups": ["sre "]}
          {"groups": ["sre-lead", "presre"]}
          {"groups": "sre,keepers"}
          {"groups": {"sre": true}}
          {"groups": [["sre"]]}
          {"groups": []}
          {"roles": ["sre"]}
          {"department": "secur"}
          {"department": "security "}
          {"department": ".*"}
          {"email": "otto@example.com"}
          {"email": "otto@example.com", "email_verified": false}
          {"email": "otto@example.com", "email_verified": "true"}
          """)
  void refusesAPersonWithoutAGrant(String said) throws Exception {
    provider.person.remove("groups");
    provider.person.putAll(JsonUtil.parseJson(said));
    Answer answer = finish(provider.sign(claims()));
    assertEquals(403, answer.status(), answer.json());
    assertEquals("no_grant", reason(answer));
    assertEquals(List.of(), trail.events());
    AuditEvent event = refusals.events().getLast();
    assertEquals("no_grant", event.reason());
    assertEquals("oidc:" + provider.issuer() + "#olga", event.actor().name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"groups": "sre"}                                          | ["gat:audit","gat:revoke"]
          {"groups": ["keepers"]}                                    | ["gat:keys"]
          {"groups": ["keepers", "sre"]}                             | ["gat:audit","gat:keys","gat:revoke"]
          {"groups": ["x"], "department": "security"}                | ["gat:audit"]
          {"email": "otto@example.com", "email_verified": true}      | ["gat:keys"]
          """)
  void givesWhatTheGrantsSay(String said, String scopes) throws Exception {
    provider.person.remove("groups");
    provider.person.putAll(JsonUtil.parseJson(said));
    Answer answer = finish(provider.sign(claims()));
    assertEquals(200, answer.status(), answer.json());
    assertEquals(
        scopes, JsonParser.parseString(answer.json()).getAsJsonObject().get("scopes").toString());
  }

  @Test
  void followsTheProvidersNewKeys() {
    assertEquals(200, finish(provider.sign(claims())).status());
    now = now.plusSeconds(11); // unknown keys are looked for every ten seconds at most
    provider.rotate();
    Answer answer = finish(provider.sign(claims()));
    assertEquals(200, answer.status(), answer.json());
  }

  @Test
  void saysSoWhileTheProviderIsAway() {
    Map<String, Object> claims = claims();
    provider.fail();
    Answer answer = finish(provider.sign(claims));
    assertEquals(503, answer.status());
    assertEquals("keys_unavailable", reason(answer));
    provider.recover();
    now = now.plusSeconds(2);
    assertEquals(200, finish(provider.sign(claims)).status()); // the nonce was not used up
  }

  @ParameterizedTest
  @CsvSource({
    "issuer, https://another.example",
    "jwks_uri, http://keys.example/jwks",
    "jwks_uri, file:///etc/passwd",
    "jwks_uri, not a URL",
    "token_endpoint, http://token.example/",
    "authorization_endpoint, javascript:alert(1)",
  })
  void doesNotBelieveADocumentThatIsNotTheProviders(String member, String value) {
    provider.document.put(member, value);
    Answer answer = finish(provider.sign(claims()));
    assertEquals(503, answer.status(), answer.json());
  }

  @Test
  void givesNoGatThatTheAuditLogDoesNotHave() {
    trail.answer(new Appended.Unknown("no disk"));
    Answer answer = finish(provider.sign(claims()));
    assertEquals(503, answer.status());
    assertFalse(answer.json().contains("token\":"), answer.json());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"id_token\":7}",
        "{\"id_token\":\"a\",\"x\":1}",
        "{\"id_token\":\"a\",\"id_token\":\"b\"}"
      })
  void refusesWhatItCannotRead(String body) {
    Answer answer = call("POST", body);
    assertEquals(400, answer.status());
    assertEquals("unreadable", reason(answer));
  }

  @Test
  void makesNoncesThatDiffer() {
    SignInNonces nonces = new SignInNonces(InstantSource.system());
    String one = nonces.make();
    assertTrue(nonces.isGood(one));
    assertFalse(one.equals(nonces.make()));
    assertTrue(nonces.use(one));
    assertFalse(nonces.use(one));
    assertFalse(nonces.isGood(one));
  }

  @Test
  void aClockThatIsSetForwardAndBackMakesNoNonceGoodAgain() {
    Instant[] time = {now};
    SignInNonces nonces = new SignInNonces(() -> time[0]);
    String one = nonces.make();
    assertTrue(nonces.use(one));
    time[0] = now.plus(Duration.ofMinutes(11));
    String later = nonces.make();
    assertTrue(nonces.use(later)); // what has ended is forgotten
    time[0] = now;
    assertFalse(nonces.isGood(one));
    assertFalse(nonces.use(one));
    assertFalse(nonces.use(later));
    assertTrue(nonces.use(nonces.make()));
  }
}
