package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds behind every proxy that asks gat over plain HTTP, as a caller sees it. */
abstract class ProxyContract {
  static final String ORDERS = "host: orders.example";
  private static final String ORDER = "/v1/orders/1?expand=lines";

  abstract ProxiedWorld world();

  /** Where the proxy listens. */
  abstract int port();

  /** What a caller gets where gat denies for lack of an issuer's keys. */
  abstract int statusWithoutKeys();

  private RawHttp.Response get(String target, String... headers) throws IOException {
    return RawHttp.get(port(), target, headers);
  }

  private String bearer() {
    return "authorization: Bearer " + world().token("orders", "orders:read");
  }

  private static void refused(RawHttp.Response response, int status, String reason) {
    assertEquals(status, response.status(), response::toString);
    assertTrue(response.body().contains("\"reason\":\"" + reason + "\""), response::body);
    assertEquals("application/json", response.header("content-type"));
  }

  /** The echoed request's lines, names in lower case. */
  private static List<String> echoed(RawHttp.Response response) {
    assertEquals(200, response.status(), response::toString);
    List<String> lines = new ArrayList<>();
    for (String line : response.body().lines().toList()) {
      int colon = line.indexOf(':');
      lines.add(
          colon < 0
              ? line
              : line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
    }
    return lines;
  }

  @Test
  void serviceGetsGatsWordInsteadOfTheCallers() throws Exception {
    List<String> lines =
        echoed(
            get(
                ORDER,
                ORDERS,
                bearer(),
                "x-gat-subject: mallory",
                "X-Gat-Scope: mallory",
                "x_gat_subject: mallory"));

    assertTrue(lines.getFirst().startsWith("GET " + ORDER + " "), lines::toString);
    assertTrue(lines.contains("x-gat-subject: alice"), lines::toString);
    assertTrue(lines.contains("x-gat-client: shop"), lines::toString);
    assertTrue(lines.contains("x-gat-scope: orders:read"), lines::toString);
    assertTrue(lines.contains("x-gat-audience: orders"), lines::toString);
    assertEquals(
        1, lines.stream().filter(l -> l.startsWith("x-gat-token-id: ")).count(), lines::toString);
    assertFalse(lines.toString().contains("mallory"), lines::toString);
    assertFalse(lines.toString().contains("Bearer"), lines::toString);
  }

  @Test
  void publicRuleLetsNoForgeryPass() throws Exception {
    List<String> lines =
        echoed(
            get(
                "/healthz",
                ORDERS,
                "x-gat-subject: mallory",
                "x-gat-token-id: mallory",
                "x_gat_client: mallory",
                "authorization: Basic YTpi"));

    assertFalse(lines.toString().contains("mallory"), lines::toString);
    // It is the service's own, and no token.
    assertTrue(lines.contains("authorization: Basic YTpi"), lines::toString);
  }

  @Test
  void unverifiedTokenDoesNotReachThePublic() throws Exception {
    List<String> lines = echoed(get("/healthz", ORDERS, "authorization: Bearer a.b.c"));

    assertFalse(lines.toString().contains("a.b.c"), lines::toString);
  }

  @Test
  void transactionTokenGoesOn() throws Exception {
    String token = world().transactionToken();

    List<String> lines = echoed(get("/bills", "host: billing.example", "txn-token: " + token));

    assertTrue(lines.contains("txn-token: " + token), lines::toString);
    assertTrue(lines.contains("x-gat-subject: alice"), lines::toString);
  }

  @Test
  void refusalsTellTheReason() throws Exception {
    RawHttp.Response none = get(ORDER, ORDERS);
    refused(none, 401, "no_token");
    assertEquals("Bearer realm=\"orders\"", none.header("www-authenticate"));
    refused(get(ORDER, ORDERS, "authorization: Bearer abc"), 401, "malformed_token");
    RawHttp.Response scope =
        RawHttp.exchange(port(), "POST /v1/orders HTTP/1.1", ORDERS, bearer(), "content-length: 0");
    refused(scope, 403, "insufficient_scope");
    assertEquals(
        "Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"orders:write\"",
        scope.header("www-authenticate"));
    refused(get("/nowhere", ORDERS, bearer()), 403, "no_rule");
    refused(get(ORDER, "host: other.example", bearer()), 403, "no_service");
    refused(get(ORDER, ORDERS, bearer().replace("authorization:", "txn-token:")), 401, "no_token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1//orders/1",
        "/v1/orders/..%2f1",
        "/v1/../healthz",
        "/v1/orders/1;a",
        "/v1/orders/%zz1"
      })
  void strangePathIsRefused(String target) throws Exception {
    RawHttp.Response response = get(target, ORDERS, bearer());

    assertEquals(400, response.status(), response::toString);
  }

  @Test
  void secondCredentialIsRefused() throws Exception {
    assertEquals(400, get(ORDER, ORDERS, bearer(), bearer()).status());
  }

  @Test
  void missingKeysAreADenial() throws Exception {
    refused(
        get(ORDER, ORDERS, "authorization: Bearer " + world().tokenWithoutKeys()),
        statusWithoutKeys(),
        "keys_unavailable");
  }

  /** Only what this proxy itself tells of the call counts, whatever the caller tells. */
  @Test
  void callerCannotTellAnotherCall() throws Exception {
    for (String name : List.of("uri", "url", "path")) {
      for (String prefix : List.of("x-original-", "x-forwarded-", "x-envoy-original-")) {
        for (String value : List.of("/healthz", "http://orders.example/healthz")) {
          RawHttp.Response response =
              get(ORDER, ORDERS, prefix + name + ": " + value, "x-forwarded-method: OPTIONS");
          refused(response, 401, "no_token");
        }
      }
    }
    refused(get(ORDER, ORDERS, "x-forwarded-host: 127.0.0.1"), 401, "no_token");
    refused(get("/nowhere", ORDERS, "x-original-method: GET", bearer()), 403, "no_rule");
  }

  /** No header proves who calls or from where. */
  @Test
  void addressAndPrincipalsAreUnknown() throws Exception {
    refused(
        get(
            "/near",
            ORDERS,
            "x-forwarded-for: 127.0.0.1",
            "x-real-ip: 127.0.0.1",
            "x-forwarded-client-cert: By=spiffe://a;URI=spiffe://b"),
        403,
        "condition_false");
  }

  /** An answer to HEAD has no body, so the connection between proxy and gat stays in step. */
  @Test
  void headIsAnsweredLikeGet() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertEquals(401, RawHttp.exchange(port(), "HEAD /v1/orders/1 HTTP/1.1", ORDERS).status());
      echoed(get(ORDER, ORDERS, bearer()));
    }
  }

  @Test
  void upgradeIsRefusedUnlessTheRuleTakesIt() throws Exception {
    RawHttp.Response response =
        get(
            "/v1/quiet",
            "host: 127.0.0.1",
            bearer(),
            "upgrade: websocket",
            "connection: upgrade",
            "sec-websocket-version: 13",
            "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==");

    refused(response, 403, "condition_false");
  }

  @Test
  void webSocketIsTakenWhereTheRuleSaysSo() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .header("authorization", "Bearer " + world().token("orders", "orders:read"))
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + port() + "/v1/events"),
                  new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(
                        WebSocket of, CharSequence data, boolean last) {
                      heard.add(data.toString());
                      return null;
                    }
                  })
              .get(60, TimeUnit.SECONDS);
      socket.sendText("hello", true).get(60, TimeUnit.SECONDS);

      assertEquals("hello", heard.poll(60, TimeUnit.SECONDS));

      socket.abort();
    }
  }

  /** A name under gat's prefix that gat never sets: it goes away, or nobody gets in with it. */
  @ParameterizedTest
  @ValueSource(strings = {"x-gat-admin", "X-Gat-Subject-2", "x-gat-", "x_gat_admin"})
  void inventedNameDoesNotReachTheService(String name) throws Exception {
    for (RawHttp.Response response :
        List.of(
            get(ORDER, ORDERS, bearer(), name + ": mallory"),
            get("/healthz", ORDERS, name + ": mallory"))) {
      assertTrue(response.status() == 200 || response.status() == 400, response::toString);
      assertFalse(response.body().contains("mallory"), response::body);
    }
  }

  @Test
  void queryThatWouldReachTheServiceWholeIsRefused() throws Exception {
    String legacy = "host: legacy.example";
    refused(get("/old?b=1&access%5ftoken=x", legacy), 400, "ambiguous_request");
    assertTrue(echoed(get("/old?b=1", legacy)).getFirst().startsWith("GET /old?b=1 "));
  }
}
