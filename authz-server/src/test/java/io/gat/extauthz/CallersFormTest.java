package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.call.UpstreamHeaders;
import io.gat.decide.WhenStale;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.RawHttp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void trial() throws Exception {
    for (String type :
        List.of(
            "application/grpc",
            "application/grpc+proto",
            "application/grpc-web+proto",
            "application/grpc-web-text")) {
      System.out.println(
          "TRIAL "
              + type
              + " "
              + gate.exchange(
                  "POST /shop.Orders/Get HTTP/1.1",
                  ORDERS,
                  "te: trailers",
                  "content-type: " + type,
                  "content-length: 0"));
    }
    System.out.println(
        "TRIAL 400 "
            + gate.exchange(
                "POST /shop.Orders//Get HTTP/1.1",
                ORDERS,
                "content-type: application/grpc",
                "content-length: 0"));
    System.out.println(
        "TRIAL 503 "
            + gate.exchange(
                "POST /v1/orders HTTP/1.1",
                ORDERS,
                world
                    .token(ContractWorld.STALE)
                    .claim("scope", "orders:read orders:write")
                    .bearer(),
                "content-type: application/grpc",
                "content-length: 0"));
    for (int n : List.of(80, 88, 89, 90, 91, 92, 93, 94, 95)) {
      List<String> headers = new ArrayList<>(List.of(ORDERS, world.token().bearer()));
      for (int i = 0; i < n; i++) {
        headers.add("x-h" + i + ": v");
      }
      RawHttp.Response r = gate.get("/v1/orders/1", headers.toArray(String[]::new));
      System.out.println(
          "TRIAL count "
              + n
              + " "
              + r.status()
              + " "
              + r.body().lines().filter(l -> l.startsWith("x-gat")).toList()
              + (r.status() == 200 ? "" : r.toString()));
    }
    for (int n : List.of(50000, 59000, 60000, 60500, 61000)) {
      RawHttp.Response r =
          gate.get("/v1/orders/1", ORDERS, world.token().bearer(), "x-big: " + "v".repeat(n));
      System.out.println(
          "TRIAL size "
              + n
              + " "
              + r.status()
              + " "
              + r.body().lines().filter(l -> l.startsWith("x-gat")).toList()
              + (r.status() == 200 ? "" : r.toString()));
    }
  }
}
