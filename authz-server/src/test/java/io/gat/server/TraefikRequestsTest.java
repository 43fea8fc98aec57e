package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.RawHttp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The requests that Traefik documents for ForwardAuth: a GET of gat's own address with the caller's
 * headers and {@code X-Forwarded-*}, whose answer of 2xx passes and any other is the caller's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TraefikRequestsTest {
  private ProxiedWorld world;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    world = new ProxiedWorld(folder);
  }

  @AfterAll
  void close() {
    world.close();
  }

  private RawHttp.Response ask(String method, String host, String uri, String... more)
      throws IOException {
    List<String> headers = new ArrayList<>();
    headers.add("Host: 127.0.0.1:9198");
    headers.add("User-Agent: Go-http-client/1.1");
    headers.add("X-Forwarded-For: 192.0.2.1");
    headers.add("X-Forwarded-Port: 443");
    headers.add("X-Forwarded-Proto: https");
    headers.add("X-Forwarded-Method: " + method);
    headers.add("X-Forwarded-Host: " + host);
    headers.add("X-Forwarded-Uri: " + uri);
    headers.addAll(List.of(more));
    return RawHttp.get(world.traefikPort, "/", headers.toArray(String[]::new));
  }

  private String bearer() {
    return "Authorization: Bearer " + world.token("orders", "orders:read");
  }

  @Test
  void allowCarriesTheIdentityAndNoToken() throws Exception {
    RawHttp.Response response =
        ask("GET", "orders.example", "/v1/orders/1?a=b", bearer(), "X-Gat-Subject: mallory");

    assertEquals(200, response.status(), response::toString);
    assertEquals("alice", response.header("x-gat-subject"));
    assertEquals("", response.header("authorization"));
    assertEquals("", response.body());
  }

  /** Traefik takes the caller's token away, so one that is to go on is repeated. */
  @Test
  void allowRepeatsWhatGoesOn() throws Exception {
    String token = world.transactionToken();

    RawHttp.Response bills = ask("GET", "billing.example", "/bills", "Txn-Token: " + token);
    RawHttp.Response health = ask("GET", "orders.example", "/healthz", "Authorization: Basic YTpi");

    assertEquals(token, bills.header("txn-token"));
    assertEquals("Basic YTpi", health.header("authorization"));
    assertEquals("", health.header("x-gat-subject"));
  }

  @ParameterizedTest(name = "{0} {1}{2}: {3} {4}")
  @CsvSource({
    "GET,orders.example,/v1/orders/1,401,no_token",
    "DELETE,orders.example,/v1/orders/1,403,no_rule",
    "GET,other.example,/v1/orders/1,403,no_service",
    "GET,orders.example,/v1//orders,400,ambiguous_request",
    "GET,orders.example,'',400,ambiguous_request",
    "'',orders.example,/v1/orders/1,400,ambiguous_request",
    "'GET, POST',orders.example,/v1/orders/1,400,ambiguous_request",
    "GET,'orders.example, other.example',/v1/orders/1,400,ambiguous_request",
    "GET,orders.example,http://orders.example/healthz,400,ambiguous_request",
    // From an address that no header proves.
    "GET,orders.example,/near,403,condition_false",
  })
  void refusalIsWhatTheCallerGets(String method, String host, String uri, int status, String reason)
      throws Exception {
    RawHttp.Response response = ask(method, host, uri);

    assertEquals(status, response.status(), response::toString);
    assertTrue(response.body().contains("\"reason\":\"" + reason + "\""), response::body);
  }

  @Test
  void missingKeysAre503() throws Exception {
    RawHttp.Response response =
        ask(
            "GET",
            "orders.example",
            "/v1/orders/1",
            "Authorization: Bearer " + world.tokenWithoutKeys());

    assertEquals(503, response.status());
    assertEquals("1", response.header("retry-after"));
  }

  /** Traefik sets each once, so a second one is the caller's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Uri: /healthz",
        "X-Forwarded-Method: GET",
        "X-Forwarded-Host: orders.example"
      })
  void secondTellingIsAmbiguous(String header) throws Exception {
    RawHttp.Response response = ask("GET", "orders.example", "/healthz", header);

    assertEquals(400, response.status(), response::toString);
  }

  /** Where the middleware is not configured to take it away, it would pass. */
  @ParameterizedTest
  @ValueSource(strings = {"X-Gat-Admin: mallory", "X_gat_subject: mallory"})
  void inventedNameIsAmbiguous(String header) throws Exception {
    RawHttp.Response response = ask("GET", "orders.example", "/healthz", header);

    assertEquals(400, response.status(), response::toString);
    assertTrue(response.body().contains("ambiguous_request"), response::body);
  }

  @Test
  void queryThatWouldStayIsAmbiguous() throws Exception {
    assertEquals(400, ask("GET", "legacy.example", "/old?access_token=x").status());
    assertEquals(200, ask("GET", "legacy.example", "/old?b=1").status());
  }

  @Test
  void otherProxiesHeadersHaveNoMeaning() throws Exception {
    RawHttp.Response response =
        ask(
            "GET",
            "orders.example",
            "/v1/orders/1",
            "X-Original-Uri: /healthz",
            "X-Original-Url: http://orders.example/healthz",
            "X-Original-Method: OPTIONS",
            "X-Envoy-Original-Path: /healthz");

    assertEquals(401, response.status(), response::toString);
    assertFalse(response.headers().toString().contains("healthz"));
  }
}
