package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.EchoUpstream;
import io.gat.envoy.NginxUnderTest;
import io.gat.envoy.RawHttp;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real nginx, with the shipped {@code other-proxies/nginx.conf}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NginxTest extends ProxyContract {
  private ProxiedWorld world;
  private EchoUpstream upstream;
  private NginxUnderTest nginx;
  private Path nginxFolder;

  @BeforeAll
  void open(@TempDir Path folder, @TempDir Path nginxFolder) throws Exception {
    world = new ProxiedWorld(folder);
    this.nginxFolder = nginxFolder;
    Path socket = nginxFolder.resolve("upstream.sock");
    upstream = EchoUpstream.start(socket);
    nginx = NginxUnderTest.start(nginxFolder, socket, world.nginxPort);
  }

  @AfterAll
  void close() throws Exception {
    nginx.close();
    upstream.close();
    world.close();
  }

  @Override
  ProxiedWorld world() {
    return world;
  }

  @Override
  int port() {
    return nginx.port();
  }

  @Override
  int statusWithoutKeys() {
    return 503;
  }

  private String bearer() {
    return "authorization: Bearer " + world.token("orders", "orders:read");
  }

  /** Java's client offers h2c by itself; it asks for no upgrade with that, and gets none. */
  @Test
  void clientThatOffersH2cIsServed() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/v1/quiet"))
                  .header("authorization", "Bearer " + world.token("orders", "orders:read"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertEquals(200, response.statusCode(), response::body);
      String got = response.body().toLowerCase(Locale.ROOT);
      assertFalse(got.contains("h2c") || got.contains("http2-settings"), got);
    }
  }

  /** Whoever may upgrade may do so to a WebSocket; nothing else goes on. */
  @ParameterizedTest
  @ValueSource(strings = {"h2c", "H2C", "websocket, h2c", "other"})
  void onlyWebSocketsGoOn(String upgrade) throws Exception {
    RawHttp.Response response =
        RawHttp.get(
            port(),
            "/v1/events",
            "host: 127.0.0.1",
            bearer(),
            "upgrade: " + upgrade,
            "connection: upgrade, http2-settings",
            "http2-settings: AAMAAABkAAQAAP__");

    assertEquals(200, response.status(), response::toString);
    String got = response.body().toLowerCase(Locale.ROOT);
    assertFalse(got.contains("\r\nupgrade:") || got.contains("http2-settings"), got);
  }

  @Test
  void hiddenUpgradeIsRefused() throws Exception {
    RawHttp.Response response =
        RawHttp.get(
            port(),
            "/v1/quiet",
            "host: 127.0.0.1",
            bearer(),
            "upgrade: h2c, websocket",
            "connection: upgrade");

    assertEquals(403, response.status(), response::toString);
  }

  @Test
  void inventedNameIsRefused() throws Exception {
    RawHttp.Response response =
        RawHttp.get(port(), "/v1/orders/1", ORDERS, bearer(), "x-gat-admin: mallory");

    assertEquals(400, response.status(), response::toString);
    assertTrue(response.body().contains("ambiguous_request"), response::body);
  }

  /** As in configurations from before, and in everybody's own. */
  @Test
  void nginxThatTellsOfNoUpgradeLetsNobodyIn(@TempDir Path other) throws Exception {
    Path socket = nginxFolder.resolve("upstream.sock");
    for (String line : List.of("", "proxy_set_header x-original-upgrade $http_upgrade;")) {
      try (NginxUnderTest silent =
          NginxUnderTest.start(
              Files.createDirectory(other.resolve("n" + line.length())),
              socket,
              world.nginxPort,
              Map.of("proxy_set_header x-original-upgrade \"=$gat_upgrade\";", line))) {
        RawHttp.Response response = RawHttp.get(silent.port(), "/v1/orders/1", ORDERS, bearer());

        assertEquals(400, response.status(), response::toString);
      }
    }
  }

  /** What ingress-nginx writes into its authorization location, and our snippet there. */
  @Test
  void ingressNginxIsUnderstood(@TempDir Path other) throws Exception {
    Path socket = nginxFolder.resolve("upstream.sock");
    try (NginxUnderTest ingress =
        NginxUnderTest.start(
            other,
            socket,
            world.nginxPort,
            Map.of(
                "proxy_set_header host $http_host;", "proxy_set_header host gat.internal;",
                "proxy_set_header x-original-uri $request_uri;", "",
                "proxy_set_header x-original-url \"\";",
                    "proxy_set_header x-original-url $scheme://$http_host$request_uri;",
                "\"=$gat_upgrade\"", "\"=$http_upgrade\""))) {
      int port = ingress.port();
      assertEquals(200, RawHttp.get(port, "/v1/orders/1?a=b", ORDERS, bearer()).status());
      assertEquals(401, RawHttp.get(port, "/v1/orders/1", ORDERS).status());
      assertEquals(403, RawHttp.get(port, "/nowhere", ORDERS, bearer()).status());
      assertEquals(403, RawHttp.get(port, "/healthz", "host: other.example").status());
      // Where it does not set this itself, it is the caller's: it may agree, not differ.
      assertEquals(200, RawHttp.get(port, "/healthz", ORDERS, "x-original-uri: /healthz").status());
      assertEquals(400, RawHttp.get(port, "/v1/orders/1", ORDERS, "x-original-uri: /").status());
    }
  }
}
