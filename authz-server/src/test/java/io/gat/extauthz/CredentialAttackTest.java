package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.call.UpstreamHeaders;
import io.gat.decide.WhenStale;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.RawHttp;
import io.gat.envoy.TestIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Credentials and headers that once fooled an authorization server or what stood behind it, sent
 * through a real Envoy that lets errors pass: whoever could provoke one would be in.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CredentialAttackTest {
  private static final String ORDERS = "host: orders.example";
  private static final String BILLING = "host: billing.example";
  private static final String ORDER = "/v1/orders/1";

  private final ContractWorld world = new ContractWorld();
  private final AuthorizationService normal = world.service();
  private final ContractWorld.Exchangeable service = new ContractWorld.Exchangeable(normal);
  private Gate gate;
  private Gate joining;

  @BeforeAll
  void open() throws Exception {
    gate = Gate.open(EnvoyTemplate.shipped().showingMetadata().failingOpen(), service);
    joining =
        Gate.open(
            EnvoyTemplate.shipped().showingMetadata().failingOpen().joiningHeaders(), service);
  }

  @AfterAll
  void close() throws Exception {
    gate.close();
    joining.close();
  }

  @AfterEach
  void backToNormal() {
    service.use(normal);
  }

  /** Both ways in which Envoy can show headers to gat. */
  private void assertRefused(int status, String reason, String... headers) throws IOException {
    for (Gate one : List.of(gate, joining)) {
      RawHttp.Response response = one.get(ORDER, headers);
      assertEquals(status, response.status(), response::toString);
      assertEquals(reason, Gate.text(response, "reason"));
    }
  }

  /** Envoy CVE-2021-32777: of several headers of one name only the last was shown. */
  @Test
  void twoCredentialsAreOneTooManyInAnyOrder() throws IOException {
    String good = world.token().bearer();
    String bad = world.token().tampered().bearer();
    assertRefused(400, "ambiguous_request", ORDERS, good, bad);
    assertRefused(400, "ambiguous_request", ORDERS, bad, good);
    assertRefused(400, "ambiguous_request", ORDERS, good, "authorization: Basic YTpi");
    assertRefused(400, "ambiguous_request", ORDERS, "authorization: Basic YTpi", good);
  }

  @Test
  void joinedCredentialsAreOneTooMany() throws IOException {
    String good = world.token().compact();
    assertRefused(
        400, "ambiguous_request", ORDERS, "authorization: Bearer " + good + ", Bearer " + good);
    assertRefused(400, "ambiguous_request", ORDERS, "authorization: Basic YTpi, Bearer " + good);
    assertRefused(400, "ambiguous_request", ORDERS, "authorization: Bearer " + good + ",");
  }

  /** A service reads one place; what stands in another is not looked at. */
  @Test
  void aCredentialInAnotherPlaceIsNone() throws IOException {
    String token = world.token().compact();
    assertRefused(401, "no_token", ORDERS, "txn-token: " + token);
    assertRefused(401, "no_token", ORDERS, "x-authorization: Bearer " + token);
    assertRefused(401, "no_token", ORDERS, "proxy-authorization: Bearer " + token);
    assertRefused(401, "no_token", ORDERS, "cookie: authorization=Bearer " + token);
    RawHttp.Response query = gate.get(ORDER + "?access_token=" + token, ORDERS);
    assertEquals(401, query.status());
  }

  /**
   * Envoy CVE-2023-27488 and CVE-2024-23324: bytes that are no UTF-8 made the check fail, and a
   * failed check lets through where errors do.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization: Bearer \u00ff\u00fe",
        "authorization: Bearer \u00c3(.a.b",
        "authorization: \u00a0Bearer abc",
        "authorization: Bearer abc\u0080"
      })
  void bytesThatAreNoTextInACredentialAreNoError(String header) throws IOException {
    for (Gate one : List.of(gate, joining)) {
      RawHttp.Response response = one.get(ORDER, ORDERS, header);
      assertTrue(
          response.status() == 400 || response.status() == 401, () -> header + " → " + response);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-request-id: \u00ff",
        "user-agent: \u00ff\u00fe",
        "x-other: \u00c3(",
        "cookie: a=\u0080",
        "traceparent: \u00ff",
        "x-forwarded-for: \u00ff"
      })
  void bytesThatAreNoTextElsewhereAreNoError(String header) throws IOException {
    for (Gate one : List.of(gate, joining)) {
      assertEquals(401, one.get(ORDER, ORDERS, header).status(), header);
      assertEquals(200, one.get(ORDER, ORDERS, world.token().bearer(), header).status(), header);
    }
  }

  /**
   * Fabio CVE-2025-48865: a header that the caller names in {@code connection} is dropped by a
   * proxy after it was set (RFC 9110, section 7.6.1).
   */
  @Test
  void hopByHopNamesTakeNoIdentityAway() throws IOException {
    for (Gate one : List.of(gate, joining)) {
      RawHttp.Response response =
          one.get(
              ORDER,
              ORDERS,
              world.token().bearer(),
              "connection: x-gat-subject, x-gat-scope",
              "te: trailers");
      assertEquals(200, response.status(), response::toString);
      assertTrue(response.body().contains("x-gat-subject: alice\r\n"), response::body);
      assertTrue(response.body().contains("x-gat-scope: "), response::body);
      // Nor does the next proxy learn that it should drop them.
      assertFalse(response.body().contains("connection:"), response::body);
    }
    // Envoy itself takes the caller at his word.
    assertRefused(401, "no_token", ORDERS, world.token().bearer(), "connection: authorization");
  }

  /** OAuth2 Proxy CVE-2025-64484: a header with underscores became the one with hyphens. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-gat-subject: admin",
        "X-GAT-SUBJECT: admin",
        "x_gat_subject: admin",
        "x-gat_subject: admin",
        "x-gat-Subject: admin",
        "x-gat-anything: admin"
      })
  void nobodyBringsItsOwnIdentity(String header) throws IOException {
    for (Gate one : List.of(gate, joining)) {
      RawHttp.Response guarded = one.get(ORDER, ORDERS, world.token().bearer(), header);
      RawHttp.Response open = one.get("/healthz", ORDERS, header);
      assertEquals(200, guarded.status(), guarded::toString);
      assertFalse(guarded.body().contains("admin"), guarded.body());
      assertFalse(open.body().contains("admin"), open.body());
    }
  }

  /**
   * OAuth2 Proxy CVE-2026-40575 believed a caller's {@code x-forwarded-uri}. What proxies tell each
   * other is neither who the caller is nor what he wants.
   */
  @Test
  void headersOfProxiesAreNoIdentity() throws IOException {
    assertRefused(
        401,
        "no_token",
        ORDERS,
        "x-forwarded-client-cert: By=spiffe://a/b;Hash=00;URI=spiffe://cluster.local/ns/a/sa/b",
        "x-envoy-auth-partial-body: true",
        "x-envoy-original-path: /healthz",
        "x-original-uri: /healthz",
        "x-original-url: /healthz",
        "x-rewrite-url: /healthz",
        "x-forwarded-uri: /healthz",
        "x-forwarded-method: GET",
        "x-http-method-override: GET",
        "x-forwarded-host: shy.example");
  }

  /**
   * A caller who could make gat fail would be let in by a failure mode: whatever he sends is
   * answered with a denial (DESIGN.md, section 8).
   */
  @Test
  void nothingThatACallerSendsIsAnError() throws IOException {
    for (String token :
        List.of(
            world.token(ContractWorld.WITHOUT_KEYS).compact(),
            world.token("https://evil.example").compact(),
            world.token().claim("aud", List.of()).compact(),
            world.token().claim("exp", 1e308).compact(),
            world.token().claim("iat", -1e308).compact(),
            world.token().claim("scope", Map.of("a", List.of(1))).compact(),
            world.token().claim("cnf", "x").compact(),
            world.token().claim("jti", "").compact(),
            "e30.e30.e30",
            "..",
            "a".repeat(8_000),
            "[".repeat(4_000) + ".a.b")) {
      RawHttp.Response response = gate.get(ORDER, ORDERS, "authorization: Bearer " + token);
      assertTrue(response.status() != 200, response::toString);
      assertEquals("deny", Gate.text(response, "decision"), response::toString);
    }
  }

  /** Ory Oathkeeper CVE-2021-32701: what one rule had cached answered for another. */
  @Test
  void aCachedTokenGainsNoScope() throws IOException {
    String token = world.token().bearer();
    assertEquals(200, gate.get(ORDER, ORDERS, token).status());
    RawHttp.Response write = gate.exchange("POST /v1/orders HTTP/1.1", ORDERS, token);
    assertEquals(403, write.status());
    assertEquals("insufficient_scope", Gate.text(write, "reason"));
    assertEquals("hit", Gate.text(write, "cache"));
    assertEquals(200, gate.get(ORDER, ORDERS, token).status());
  }

  /** Ory Oathkeeper CVE-2026-33496: one cache for introspections of different servers. */
  @Test
  void aCachedTokenIsItsIssuersAlone() throws IOException {
    TokenDraft draft = world.token(ContractWorld.WITHOUT_FEED).claim("jti", "revoked");
    assertEquals(200, gate.get(ORDER, ORDERS, draft.bearer()).status());
    assertRefused(401, "revoked", ORDERS, world.token().claim("jti", "revoked").bearer());
    assertEquals(200, gate.get(ORDER, ORDERS, draft.bearer()).status());
  }

  @Test
  void aCachedTokenIsForItsAudienceAlone() throws IOException {
    String token = world.token().compact();
    assertEquals(200, gate.get(ORDER, ORDERS, "authorization: Bearer " + token).status());
    RawHttp.Response other = gate.get("/bills", BILLING, "txn-token: " + token);
    assertEquals(401, other.status());
    assertEquals("wrong_type", Gate.text(other, "reason"));
    String transaction = world.token().type("txntoken+jwt").compact();
    RawHttp.Response elsewhere = gate.get("/bills", BILLING, "txn-token: " + transaction);
    assertEquals(401, elsewhere.status());
    assertEquals("wrong_audience", Gate.text(elsewhere, "reason"));
  }

  /** A stolen bound token is no use, even right after its owner has used it. */
  @Test
  void aBoundTokenIsJudgedEachTime(@TempDir Path folder) throws Exception {
    TestIdentity owner = TestIdentity.create(folder, "spiffe://test/owner");
    TestIdentity thief = TestIdentity.create(folder, "spiffe://test/thief");
    String token = world.token().claim("cnf", Map.of("x5t#S256", owner.thumbprint())).compact();

    for (int time = 0; time < 2; time++) {
      CheckResponse mine = normal.answer(check(token, owner.urlEncodedCertificate()));
      CheckResponse stolen = normal.answer(check(token, thief.urlEncodedCertificate()));
      CheckResponse bare = normal.answer(check(token, ""));

      assertTrue(mine.hasOkResponse(), mine::toString);
      assertEquals("binding_mismatch", reason(stolen));
      assertEquals("binding_mismatch", reason(bare));
    }
  }

  private static CheckRequest check(String token, String certificate) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setSource(AttributeContext.Peer.newBuilder().setCertificate(certificate))
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod("GET")
                                .setHost("orders.example")
                                .setPath(ORDER)
                                .putHeaders("authorization", "Bearer " + token))))
        .build();
  }

  private static String reason(CheckResponse answer) {
    return answer
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  /** Staleness is judged on cached tokens, too. */
  @Test
  void aCachedTokenGoesStaleWithItsFeed() throws IOException {
    service.use(world.service("", WhenStale.DENY, UpstreamHeaders.standard()));
    String token = world.token().bearer();
    assertEquals(200, gate.get(ORDER, ORDERS, token).status());
    world.goStale();
    try {
      assertRefused(503, "revocation_stale", ORDERS, token);
    } finally {
      world.goFresh();
    }
    RawHttp.Response again = gate.get(ORDER, ORDERS, token);
    assertEquals(200, again.status());
    assertEquals("hit", Gate.text(again, "cache"));
  }
}
