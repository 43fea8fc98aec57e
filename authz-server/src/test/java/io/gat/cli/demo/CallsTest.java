package io.gat.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The calls against a server that allows everything: only what must be allowed may be right. */
final class CallsTest {
  private static final Tokens UNSIGNED =
      new Tokens() {
        private int made;

        @Override
        public String valid(String audience, String scope) {
          made++;
          String claims = "{\"jti\":" + made + ",\"scope\":\"" + scope + "\"}";
          return "e30."
              + Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
              + ".x";
        }

        @Override
        public String expired(String audience, String scope, Duration ago) {
          return valid(audience, scope);
        }

        @Override
        public void revoke(String token) {}
      };

  @Test
  void marksEveryAnswerOfAServerThatAllowsEverything() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Set<String> seen = new HashSet<>();
    server.createContext(
        "/",
        exchange -> {
          String token = exchange.getRequestHeaders().getFirst("authorization");
          String cache = token == null ? "none" : seen.add(token) ? "miss" : "hit";
          exchange.getResponseHeaders().set(Calls.REASON_HEADER, "ok");
          exchange.getResponseHeaders().set(Calls.CACHE_HEADER, cache);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI address = URI.create("http://localhost:" + server.getAddress().getPort());
      List<Row> rows = new Calls(client, address, UNSIGNED).make();
      assertEquals(14, rows.size());
      for (Row row : rows) {
        assertEquals(row.expected().status() == 200, row.isRight(), row.toString());
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void tampersWithTheClaimsAndNothingElse() throws IOException, InterruptedException {
    String token = UNSIGNED.valid("orders", "orders:read");
    String tampered = Calls.tampered(token);
    assertFalse(tampered.equals(token));
    assertTrue(tampered.startsWith("e30.") && tampered.endsWith(".x"));
  }
}
