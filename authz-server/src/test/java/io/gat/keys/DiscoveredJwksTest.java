package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.gat.fetch.Destinations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class DiscoveredJwksTest {
  private static final String DOCUMENT = "/.well-known/openid-configuration";

  private final Map<String, String> documents = new ConcurrentHashMap<>();
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
  private HttpServer server = create();
  private String issuer = "";

  private static HttpServer create() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          asked.merge(path, 1, Integer::sum);
          String body = documents.get(path);
          byte[] bytes = (body == null ? "" : body).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    issuer = "http://127.0.0.1:" + server.getAddress().getPort();
    documents.put("/keys", "{\"keys\":[]}");
    document(issuer, issuer + "/keys");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void document(String of, String keys) {
    documents.put(DOCUMENT, "{\"issuer\":\"" + of + "\",\"jwks_uri\":\"" + keys + "\"}");
  }

  private DiscoveredJwks open() throws IOException {
    return new DiscoveredJwks(
        issuer,
        Destinations.publicAnd(Set.of("127.0.0.1")),
        Optional.empty(),
        Duration.ofSeconds(20),
        now::get);
  }

  @Test
  void asksForTheDocumentOnceAnHour() throws Exception {
    try (DiscoveredJwks jwks = open()) {
      for (int i = 0; i < 3; i++) {
        assertEquals("{\"keys\":[]}", jwks.fetch().body());
      }
      assertEquals(Map.of(DOCUMENT, 1, "/keys", 3), asked);
      now.set(now.get().plus(Duration.ofHours(1)));
      jwks.fetch();
      assertEquals(Map.of(DOCUMENT, 2, "/keys", 4), asked);
    }
  }

  @Test
  void looksWhereTheKeysAreOnceTheyAreGone() throws Exception {
    try (DiscoveredJwks jwks = open()) {
      jwks.fetch();
      documents.remove("/keys");
      documents.put("/moved", "{\"keys\":[1]}");
      document(issuer, issuer + "/moved");
      assertThrows(IOException.class, jwks::fetch);
      assertEquals("{\"keys\":[1]}", jwks.fetch().body());
    }
  }

  @Test
  void believesADocumentOfItsIssuerOnly() throws Exception {
    document("https://other.example", issuer + "/keys");
    assertRefused("is not for the issuer");
    document(issuer + "/", issuer + "/keys");
    assertRefused("is not for the issuer");
  }

  @ParameterizedTest
  @CsvSource({
    "http://169.254.169.254/latest, only https",
    "https://169.254.169.254/latest, private network",
    "https://10.0.0.1/keys, private network",
    "https://[::1]/keys, private network",
    "https://[::ffff:10.0.0.1]/keys, private network",
    "http://example.com/keys, only https",
    "file:///etc/passwd, not an address",
    "https://a@example.com/keys, not an address",
    "'', not an address",
  })
  void goesNowhereElse(String keys, String message) throws Exception {
    document(issuer, keys);
    assertRefused(message);
    assertEquals(Map.of(DOCUMENT, 1), asked);
  }

  @ParameterizedTest
  @CsvSource({"'{}', is not for the issuer", "'[]', not a discovery document"})
  void refusesWhatIsNoDocument(String document, String message) throws Exception {
    documents.put(DOCUMENT, document);
    assertRefused(message);
  }

  @Test
  void refusesADocumentWithoutKeys() throws Exception {
    documents.put(DOCUMENT, "{\"issuer\":\"" + issuer + "\"}");
    assertRefused("has no jwks_uri");
    documents.remove(DOCUMENT);
    assertRefused("status 404");
  }

  private void assertRefused(String message) throws Exception {
    try (DiscoveredJwks jwks = open()) {
      IOException e = assertThrows(IOException.class, jwks::fetch);
      assertTrue(String.valueOf(e.getMessage()).contains(message), e.toString());
    }
  }
}
