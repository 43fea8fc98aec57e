package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.call.UpstreamHeaders;
import io.gat.decide.WhenStale;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.RawHttp;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals in the form that each kind of caller understands, through a real Envoy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallersFormTest {
  private static final String ORDERS = "host: orders.example";

  private final ContractWorld world = new ContractWorld();
  private Gate gate;

  @BeforeAll
  void open() throws Exception {
    gate =
        Gate.open(
            EnvoyTemplate.shipped()
                .replacing(
                    "                  - name: envoy.filters.http.ext_authz\n",
                    """
                                      - name: envoy.filters.http.grpc_web
                                        typed_config:
                                          "@type": type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb
                                      - name: envoy.filters.http.ext_authz
                    """),
            world.service(
                "",
                WhenStale.ERROR,
                new UpstreamHeaders(
                    UpstreamHeaders.Identity.SEND,
                    UpstreamHeaders.Token.BY_CREDENTIAL,
                    UpstreamHeaders.Correlation.SEND)));
  }

  @AfterAll
  void close() throws Exception {
    gate.close();
  }

  @Test
  void responseTellsTokenAndTransaction() throws Exception {
    RawHttp.Response response =
        gate.get("/v1/orders/1", ORDERS, world.token().claim("txn", "t 1").bearer());

    assertEquals("t 1", response.header("x-gat-txn"));
    assertTrue(
        response.body().contains("x-gat-token-id: " + response.header("x-gat-token-id") + "\r\n"));
    assertEquals("", gate.get("/healthz", ORDERS).header("x-gat-token-id"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "/a?access_token=x&b=1,/a?b=1",
    "/a?b=1&access%5ftoken=x&access_token=y,/a?b=1",
    "/a?access_token,/a",
    "/a?a+b=1&a%20b=2&c=%2f,/a?c=%2f",
    "/a?b=%zz&z=access_token,/a?b=%zz&z=access_token",
    "/a,/a",
  })
  void parameterDoesNotReachTheService(String sent, String got) throws Exception {
    RawHttp.Response response = gate.get(sent, "host: legacy.example", world.token().bearer());

    assertEquals(200, response.status(), response::toString);
    assertEquals("GET " + got + " HTTP/1.1", response.body().lines().findFirst().orElse(""));
  }

  /** Envoy's status for gRPC, and gat's reason in the message. */
  private static void refused(RawHttp.Response response, String code, String reason) {
    assertEquals(code, response.header("grpc-status"), response::toString);
    assertTrue(
        response.header("grpc-message").contains("\"reason\":\"" + reason + "\""),
        response::toString);
    assertEquals("", response.body());
  }

  private RawHttp.Response call(String path, String type, String... more) throws Exception {
    List<String> headers =
        new ArrayList<>(List.of(ORDERS, "content-type: " + type, "content-length: 0"));
    headers.addAll(List.of(more));
    return gate.exchange("POST " + path + " HTTP/1.1", headers.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/grpc", "application/grpc+proto"})
  void grpcCallerGetsStatusAndReason(String type) throws Exception {
    String both = "orders:read orders:write";
    refused(call("/v1/orders", type), "16", "no_token");
    refused(call("/shop.Orders/Get", type, world.token().bearer()), "7", "no_rule");
    refused(call("/v1//orders", type), "13", "ambiguous_request");
    refused(
        call("/v1/orders", type, world.token(ContractWorld.STALE).claim("scope", both).bearer()),
        "14",
        "revocation_stale");
    refused(
        call(
            "/v1/orders",
            type,
            world.token(ContractWorld.WITHOUT_KEYS).claim("scope", both).bearer()),
        "14",
        "keys_unavailable");
    assertEquals(200, call("/v1/orders", type).status());
  }

  /** With Envoy's own filter for it in front; a browser's client reads both from the headers. */
  @ParameterizedTest
  @ValueSource(strings = {"application/grpc-web+proto", "application/grpc-web-text"})
  void grpcWebCallerGetsStatusAndReason(String type) throws Exception {
    RawHttp.Response response = call("/v1/orders", type);

    refused(response, "16", "no_token");
    assertTrue(
        response.header("content-type").startsWith("application/grpc-web"), response::toString);
    refused(call("/shop.Orders/Get", type, world.token().bearer()), "7", "no_rule");
  }

  /**
   * Envoy itself would answer 500 and nothing else; the service never gets half an identity. Up to
   * the most headers that Envoy takes from a caller, whatever their names are.
   */
  @ParameterizedTest
  @ValueSource(strings = {"x-h%d: v", "x: %d", "x-gat-subject: %d", "x-gat-h%d: v"})
  void callWithoutRoomForTheIdentityIsRefused(String header) throws Exception {
    Set<Integer> statuses = new TreeSet<>();
    for (int others = 82; others <= 97; others++) {
      List<String> headers = new ArrayList<>(List.of(ORDERS, world.token().bearer()));
      for (int i = 0; i < others; i++) {
        headers.add(header.formatted(i));
      }

      RawHttp.Response response = gate.get("/v1/orders/1", headers.toArray(String[]::new));

      statuses.add(response.status());
      if (response.status() == 200) {
        long told = response.body().lines().filter(line -> line.startsWith("x-gat-")).count();
        assertEquals(6, told, response::toString);
      } else {
        assertEquals(400, response.status(), others + " " + response);
        assertTrue(response.body().contains("ambiguous_request"), response.body());
      }
    }
    assertTrue(statuses.contains(200), statuses::toString);
  }

  /** Envoy counts again even where gat sets nothing. */
  @Test
  void publicCallWithoutRoomIsRefused() throws Exception {
    Set<Integer> statuses = new TreeSet<>();
    for (int others = 88; others <= 97; others++) {
      List<String> headers = new ArrayList<>(List.of(ORDERS));
      for (int i = 0; i < others; i++) {
        headers.add("x-h" + i + ": v");
      }

      RawHttp.Response response = gate.get("/healthz", headers.toArray(String[]::new));

      statuses.add(response.status());
      if (response.status() != 200) {
        assertTrue(response.body().contains("ambiguous_request"), others + " " + response);
      }
    }
    assertEquals(Set.of(200, 400), statuses);
  }
}
