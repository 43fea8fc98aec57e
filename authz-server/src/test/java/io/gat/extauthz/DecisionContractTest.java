package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.Reason;
import io.gat.decide.WhenStale;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.RawHttp;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of DESIGN.md, section 8, as a caller behind a real Envoy sees it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DecisionContractTest {
  private static final String ORDERS = "host: orders.example";
  private static final String BILLING = "host: billing.example";
  private static final String REALM = "Bearer realm=\"orders\"";
  private static final String INVALID = REALM + ", error=\"invalid_token\"";

  private final ContractWorld world = new ContractWorld();
  private final AuthorizationService normal = world.service();
  private final ContractWorld.Exchangeable service = new ContractWorld.Exchangeable(normal);
  private Gate gate;

  @BeforeAll
  void open() throws Exception {
    gate = Gate.open(EnvoyTemplate.shipped().showingMetadata(), service);
  }

  @AfterAll
  void close() throws Exception {
    gate.close();
  }

  @AfterEach
  void backToNormal() {
    service.use(normal);
  }

  /** One refused call and what its caller must get. */
  record Refusal(
      Reason reason, String error, String challenge, String requestLine, List<String> headers) {
    static Refusal of(
        Reason reason, String error, String challenge, String requestLine, String... headers) {
      return new Refusal(reason, error, challenge, requestLine, List.of(headers));
    }

    @Override
    public String toString() {
      return reason.code() + " " + requestLine;
    }
  }

  private Refusal badToken(Reason reason, TokenDraft token) {
    return badToken(reason, token.bearer());
  }

  private Refusal badToken(Reason reason, String credential) {
    return Refusal.of(
        reason, "invalid_token", INVALID, "GET /v1/orders/1 HTTP/1.1", ORDERS, credential);
  }

  Stream<Refusal> refusals() {
    String order = "GET /v1/orders/1 HTTP/1.1";
    String good = world.token().bearer();
    return Stream.of(
        Refusal.of(Reason.NO_TOKEN, "unauthorized", REALM, order, ORDERS),
        Refusal.of(
            Reason.NO_TOKEN, "unauthorized", REALM, order, ORDERS, "authorization: Basic YTpi"),
        badToken(Reason.MALFORMED_TOKEN, "authorization: Bearer abc"),
        badToken(Reason.UNKNOWN_ISSUER, world.token("https://evil.example")),
        badToken(Reason.ALG_NOT_ALLOWED, world.token().signedBy(world.otherAlgorithm)),
        badToken(Reason.WRONG_TYPE, world.token().type("JWT")),
        badToken(Reason.UNKNOWN_KEY, world.token().signedBy(world.unknownKey)),
        badToken(Reason.BAD_SIGNATURE, world.token().tampered()),
        badToken(Reason.MISSING_CLAIM, world.token().without("sub")),
        badToken(Reason.LIFETIME_TOO_LONG, world.token().time("exp", 1200)),
        badToken(Reason.NOT_YET_VALID, world.token().time("nbf", 60)),
        badToken(Reason.EXPIRED, world.token().time("iat", -90).time("exp", -30)),
        badToken(Reason.WRONG_AUDIENCE, world.token().claim("aud", "billing")),
        badToken(Reason.REVOKED, world.token().claim("jti", "revoked")),
        badToken(
            Reason.BINDING_MISMATCH,
            world.token().claim("cnf", Map.of("x5t#S256", "A".repeat(43)))),
        Refusal.of(
            Reason.TOO_OLD,
            "invalid_token",
            INVALID,
            "GET /v1/strict/t1 HTTP/1.1",
            ORDERS,
            world.token().time("iat", -60).bearer()),
        Refusal.of(
            Reason.INSUFFICIENT_SCOPE,
            "insufficient_scope",
            REALM + ", error=\"insufficient_scope\", scope=\"orders:write orders:read\"",
            "POST /v1/orders HTTP/1.1",
            ORDERS,
            good),
        Refusal.of(
            Reason.CONDITION_FALSE,
            "access_denied",
            "",
            "GET /v1/strict/t2 HTTP/1.1",
            ORDERS,
            good),
        Refusal.of(Reason.NO_SERVICE, "access_denied", "", order, "host: other.example", good),
        Refusal.of(Reason.NO_RULE, "access_denied", "", "GET /nowhere HTTP/1.1", ORDERS, good),
        Refusal.of(
            Reason.NO_RULE, "access_denied", "", "DELETE /v1/orders/1 HTTP/1.1", ORDERS, good),
        Refusal.of(
            Reason.DENIED_BY_RULE, "access_denied", "", "GET /internal/x HTTP/1.1", ORDERS, good),
        Refusal.of(Reason.AMBIGUOUS_REQUEST, "invalid_request", "", order, ORDERS, good, good),
        Refusal.of(
            Reason.AMBIGUOUS_REQUEST,
            "invalid_request",
            "",
            "GET /v1//orders/1 HTTP/1.1",
            ORDERS,
            good),
        Refusal.of(
            Reason.AMBIGUOUS_REQUEST,
            "invalid_request",
            "",
            "GET /v1/orders/..%2f1 HTTP/1.1",
            ORDERS,
            good),
        Refusal.of(
            Reason.KEYS_UNAVAILABLE,
            "unavailable",
            "",
            order,
            ORDERS,
            world.token(ContractWorld.WITHOUT_KEYS).bearer()),
        Refusal.of(
            Reason.REVOCATION_STALE,
            "unavailable",
            "",
            order,
            ORDERS,
            world.token(ContractWorld.STALE).bearer()),
        Refusal.of(
            Reason.INTERNAL_ERROR,
            "unavailable",
            "",
            order,
            ORDERS,
            "authorization: Bearer " + ContractWorld.BREAKS_GAT));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWithReasonBodyChallengeAndMetadata(Refusal refusal) throws IOException {
    RawHttp.Response response =
        gate.exchange(refusal.requestLine(), refusal.headers().toArray(String[]::new));

    assertEquals(refusal.reason().status(), response.status(), response.body());
    assertTrue(
        Pattern.matches(
            "\\{\"error\":\"%s\",\"reason\":\"%s\",\"request_id\":\"[0-9a-f-]{36}\"}"
                .formatted(refusal.error(), refusal.reason().code()),
            response.body()),
        response.body());
    assertEquals("application/json", response.header("content-type"));
    assertEquals(refusal.challenge(), response.header("www-authenticate"));
    assertEquals(response.status() == 503 ? "1" : "", response.header("retry-after"));
    assertEquals(refusal.reason().code(), Gate.text(response, "reason"));
    boolean error =
        refusal.reason() == Reason.REVOCATION_STALE || refusal.reason() == Reason.INTERNAL_ERROR;
    assertEquals(error ? "error" : "deny", Gate.text(response, "decision"));
  }

  @Test
  void theTableHasEveryReasonThatACallCanProvoke() {
    Set<Reason> covered = EnumSet.noneOf(Reason.class);
    refusals().map(Refusal::reason).forEach(covered::add);

    // A replay guard and a limit of concurrency are other features; an allow has tests of its own.
    assertEquals(
        EnumSet.complementOf(EnumSet.of(Reason.OK, Reason.REPLAYED, Reason.OVERLOADED)), covered);
  }

  @Test
  void givesTheServiceTheIdentityAndTakesTheTokenAway() throws IOException {
    TokenDraft token = world.token().claim("sub", "älice 100%").claim("tags", List.of("a"));

    RawHttp.Response response = gate.get("/v1/orders/1?x=1", ORDERS, token.bearer());

    assertEquals(200, response.status(), response.body());
    List<String> lines = response.body().lines().toList();
    assertTrue(lines.contains("x-gat-subject: %C3%A4lice 100%25"), response.body());
    assertTrue(lines.contains("x-gat-client: checkout"), response.body());
    assertTrue(lines.contains("x-gat-scope: orders:read orders:list"), response.body());
    assertTrue(lines.contains("x-gat-audience: orders"), response.body());
    assertTrue(lines.contains("x-gat-txn: txn-1"), response.body());
    assertTrue(
        lines.contains("x-gat-token-id: " + Gate.text(response, "token_id")), response.body());
    assertFalse(response.body().contains("authorization"), response.body());
  }

  @Test
  void describesAnAllowedCallInTheMetadata() throws IOException {
    RawHttp.Response response = gate.get("/v1/orders/1", ORDERS, world.token().bearer());

    Struct metadata = Gate.metadata(response);
    assertEquals("allow", Gate.text(response, "decision"));
    assertEquals("ok", Gate.text(response, "reason"));
    assertEquals("orders", Gate.text(response, "service"));
    assertEquals("read", Gate.text(response, "rule"));
    assertEquals("GET", Gate.text(response, "method"));
    assertEquals("orders.example", Gate.text(response, "host"));
    assertEquals(ContractWorld.FRESH, Gate.text(response, "issuer"));
    assertEquals("alice", Gate.text(response, "subject"));
    assertEquals("checkout", Gate.text(response, "client"));
    assertEquals("orders", Gate.text(response, "audience"));
    assertEquals("orders:read orders:list", Gate.text(response, "scope"));
    assertEquals("txn-1", Gate.text(response, "txn"));
    assertEquals(7, metadata.getFieldsOrThrow("epoch").getNumberValue());
    assertTrue(metadata.getFieldsOrThrow("age_ms").getNumberValue() >= 5000);
    assertTrue(metadata.getFieldsOrThrow("ttl_ms").getNumberValue() <= 300_000);
    assertTrue(metadata.containsFields("time"));
    assertTrue(metadata.containsFields("policy"));
    assertFalse(metadata.containsFields("path"));
    assertFalse(metadata.containsFields("stale"));
    assertFalse(metadata.containsFields("revocation"));
  }

  @Test
  void theShippedAccessLogNamesTheReasonOfAnError() throws IOException {
    gate.get(
        "/v1/orders/1",
        ORDERS,
        "x-request-id: 99999999-2222-4333-8444-555555555555",
        world.token(ContractWorld.STALE).bearer());

    String line = gate.accessLog("99999999-2222-4333-8444-555555555555");

    assertTrue(line.contains("\"gat_reason\":\"revocation_stale\""), line);
    assertTrue(line.contains("\"gat_decision\":\"error\""), line);
    assertTrue(line.contains("\"gat_rule\":\"read\""), line);
  }

  @Test
  void tellsACacheHitFromAMiss() throws IOException {
    String token = world.token().claim("jti", "for-the-cache").bearer();

    assertEquals("miss", Gate.text(gate.get("/v1/orders/1", ORDERS, token), "cache"));
    assertEquals("hit", Gate.text(gate.get("/v1/orders/1", ORDERS, token), "cache"));
  }

  @Test
  void saysNothingOfATokenThatNobodySigned() throws IOException {
    RawHttp.Response response =
        gate.get("/v1/orders/1", ORDERS, world.token().claim("sub", "mallory").tampered().bearer());

    assertEquals("bad_signature", Gate.text(response, "reason"));
    assertFalse(response.header(EnvoyTemplate.METADATA_HEADER).contains("mallory"));
    assertFalse(Gate.metadata(response).containsFields("token_id"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-gat-subject",
        "X-Gat-Admin",
        "x_gat_subject",
        "X_GAT-Subject",
        "x-gat_token_id",
        "x-gat-"
      })
  void removesWhatACallerSendsInItsName(String name) throws IOException {
    RawHttp.Response guarded =
        gate.get("/v1/orders/1", ORDERS, world.token().bearer(), name + ": forged");
    RawHttp.Response open = gate.get("/healthz", ORDERS, name + ": forged");

    assertEquals(200, guarded.status());
    assertEquals(200, open.status());
    assertFalse(guarded.body().contains("forged"), guarded.body());
    assertFalse(open.body().contains("forged"), open.body());
    assertTrue(guarded.body().contains("x-gat-subject: alice\r\n"), guarded.body());
  }

  @Test
  void anOpenRuleGivesNoIdentityAndPassesOtherSchemesOn() throws IOException {
    RawHttp.Response basic = gate.get("/healthz", ORDERS, "authorization: Basic YTpi");
    RawHttp.Response bearer = gate.get("/healthz", ORDERS, world.token().bearer());

    assertTrue(basic.body().contains("authorization: Basic YTpi"), basic.body());
    assertEquals(200, bearer.status());
    assertFalse(bearer.body().contains("authorization"), bearer.body());
    assertFalse(bearer.body().contains("x-gat-"), bearer.body());
    assertEquals("ok", Gate.text(bearer, "reason"));
    assertEquals("health", Gate.text(bearer, "rule"));
  }

  @Test
  void aVerifiedTransactionTokenGoesOnToTheService() throws IOException {
    String token = world.token().type("txntoken+jwt").claim("aud", "billing").compact();

    RawHttp.Response guarded = gate.get("/bills", BILLING, "txn-token: " + token);
    RawHttp.Response open = gate.get("/about", BILLING, "txn-token: " + token);

    assertEquals(200, guarded.status(), guarded.body());
    assertTrue(guarded.body().contains("txn-token: " + token), guarded.body());
    assertEquals(200, open.status(), open.body());
    assertFalse(open.body().contains("txn-token"), open.body());
  }

  @Test
  void forwardsTheTokenWhereTheConfigurationSaysSo() throws IOException {
    service.use(
        world.service(
            "",
            WhenStale.ERROR,
            new UpstreamHeaders(
                UpstreamHeaders.Identity.OMIT,
                UpstreamHeaders.Token.KEEP,
                UpstreamHeaders.Correlation.OMIT)));
    String token = world.token().bearer();

    RawHttp.Response response = gate.get("/v1/orders/1", ORDERS, token, "x-gat-subject: forged");

    assertEquals(200, response.status());
    assertTrue(response.body().contains(token), response.body());
    assertFalse(response.body().contains("x-gat-"), response.body());
  }

  @Test
  void deniesHostOfAnotherService() throws IOException {
    service.use(world.service("orders", WhenStale.ERROR, UpstreamHeaders.standard()));
    String token = world.token().bearer();

    RawHttp.Response another = gate.get("/v1/orders/1", BILLING, token);
    RawHttp.Response nobodys = gate.get("/v1/orders/1", "host: unheard.example", token);

    assertEquals(403, another.status());
    assertEquals("no_service", Gate.text(another, "reason"));
    assertEquals(200, nobodys.status(), nobodys.body());
  }

  @Test
  void deniesWhereStaleMeansDeny() throws IOException {
    service.use(world.service("", WhenStale.DENY, UpstreamHeaders.standard()));

    RawHttp.Response response =
        gate.get("/v1/orders/1", ORDERS, world.token(ContractWorld.STALE).bearer());

    assertEquals(503, response.status());
    assertEquals("revocation_stale", Gate.text(response, "reason"));
    assertEquals("deny", Gate.text(response, "decision"));
    assertEquals("1", response.header("retry-after"));
  }

  @Test
  void saysSoWhereAStaleAnswerWasAccepted() throws IOException {
    service.use(world.service("", WhenStale.ALLOW, UpstreamHeaders.standard()));

    RawHttp.Response response =
        gate.get("/v1/orders/1", ORDERS, world.token(ContractWorld.STALE).bearer());

    assertEquals(200, response.status());
    assertTrue(Gate.metadata(response).getFieldsOrThrow("stale").getBoolValue());
  }

  @Test
  void saysSoWhereAnIssuerHasNoFeed() throws IOException {
    RawHttp.Response response =
        gate.get("/v1/orders/1", ORDERS, world.token(ContractWorld.WITHOUT_FEED).bearer());

    assertEquals(200, response.status());
    assertEquals("none", Gate.text(response, "revocation"));
    assertFalse(Gate.metadata(response).containsFields("epoch"));
  }

  @Test
  void anErrorPassesWhereEnvoyFailsOpenButADenialNeverDoes() throws Exception {
    try (Gate open = Gate.open(EnvoyTemplate.shipped().showingMetadata().failingOpen(), service)) {
      RawHttp.Response error =
          open.get("/v1/orders/1", ORDERS, world.token(ContractWorld.STALE).bearer());
      RawHttp.Response denial =
          open.get("/v1/orders/1", ORDERS, world.token(ContractWorld.WITHOUT_KEYS).bearer());

      assertEquals(200, error.status(), error.body());
      assertEquals(503, denial.status(), denial.body());
      assertTrue(denial.body().contains("keys_unavailable"), denial.body());
    }
  }

  @Test
  void aContextExtensionNamesTheService() throws Exception {
    EnvoyTemplate template =
        EnvoyTemplate.shipped()
            .showingMetadata()
            .replacing(
                "route: {cluster: upstream}",
                """
                route: {cluster: upstream}
                                          typed_per_filter_config:
                                            envoy.filters.http.ext_authz:
                                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                              check_settings: {context_extensions: {gat.service: orders}}\
                """);
    try (Gate routed = Gate.open(template, service)) {
      String token = world.token().bearer();

      assertEquals(200, routed.get("/v1/orders/1", "host: unheard.example", token).status());
      RawHttp.Response another = routed.get("/bills", BILLING, token);
      assertEquals(403, another.status());
      assertEquals("no_service", Gate.text(another, "reason"));
    }
  }

  @Test
  void joinedCredentialsAreAmbiguousToo() throws Exception {
    try (Gate joined =
        Gate.open(EnvoyTemplate.shipped().showingMetadata().joiningHeaders(), service)) {
      String token = world.token().bearer();

      RawHttp.Response one = joined.get("/v1/orders/1", ORDERS, token);
      RawHttp.Response two = joined.get("/v1/orders/1", ORDERS, token, token);

      assertEquals(200, one.status(), one.body());
      assertEquals(400, two.status(), two.body());
      assertEquals("ambiguous_request", Gate.text(two, "reason"));
    }
  }
}
