package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.http.HealthRoutes;
import io.gat.http.JwksRoute;
import io.gat.http.MetricsRoute;
import io.gat.http.RevokeRoute;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class HttpListenerTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JWKS = "{\"keys\":[]}";
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Map<String, String> missing = new ConcurrentHashMap<>();
  private Map<String, String> degraded = Map.of();
  private boolean logIsThere = true;
  private final Queue<String> revoked = new ConcurrentLinkedQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpListener listener;

  @BeforeEach
  void start() throws StartException {
    listener =
        HttpListener.start(
            "127.0.0.1",
            0,
            GRACE,
            List.of(
                new HealthRoutes(
                    () -> new HealthRoutes.Health(missing, "0123456789abcdef", Map.of(), degraded)),
                new MetricsRoute(() -> "gat_checks_total 1\n"),
                new JwksRoute("", () -> JWKS, Duration.ofMinutes(5)),
                new RevokeRoute("", (token, id, trace) -> logIsThere && revoked.add(token))));
  }

  @AfterEach
  void end() {
    client.close();
    listener.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String type, String body)
      throws IOException, InterruptedException {
    return send(
        request("/oauth2/revoke").header("content-type", type).POST(BodyPublishers.ofString(body)));
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void isReadyWhenNothingIsMissing() throws Exception {
    HttpResponse<String> ready = send(request("/health/ready"));
    assertEquals(200, ready.statusCode());
    assertEquals(
        "{\"status\":\"UP\",\"policy\":\"0123456789abcdef\",\"missing\":{}}", ready.body());
    assertEquals("application/json", header(ready, "content-type"));
  }

  @Test
  void livesButIsNotReadyWhileSomethingIsMissing() throws Exception {
    missing.put("keys", "no keys of \"https://gat.example\" yet");
    HttpResponse<String> ready = send(request("/health/ready"));
    assertEquals(503, ready.statusCode());
    assertTrue(ready.body().contains("\"status\":\"DOWN\""), ready::body);
    assertTrue(
        ready.body().contains("\"keys\":\"no keys of \\\"https://gat.example\\\" yet\""),
        ready::body);
    assertEquals(200, send(request("/health/live")).statusCode());
  }

  @Test
  void showsMetrics() throws Exception {
    HttpResponse<String> metrics = send(request("/metrics"));
    assertEquals("gat_checks_total 1\n", metrics.body());
    assertEquals("text/plain; version=0.0.4; charset=utf-8", header(metrics, "content-type"));
  }

  @Test
  void publishesKeysThatReadersMayKeep() throws Exception {
    HttpResponse<String> keys = send(request("/oauth2/jwks"));
    assertEquals(200, keys.statusCode());
    assertEquals(JWKS, keys.body());
    assertEquals("application/jwk-set+json", header(keys, "content-type"));
    assertEquals("public, max-age=300", header(keys, "cache-control"));
    String tag = header(keys, "etag");
    for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag)) {
      HttpResponse<String> again = send(request("/oauth2/jwks").header("if-none-match", known));
      assertEquals(304, again.statusCode(), known);
      assertEquals("", again.body());
      assertEquals(tag, header(again, "etag"));
    }
    assertEquals(200, send(request("/oauth2/jwks").header("if-none-match", "\"x\"")).statusCode());
  }

  @Test
  void isReadyThoughSomethingWorksOnlyInPart() throws Exception {
    degraded = Map.of("log", "no space");
    HttpResponse<String> answer = send(request("/health/ready"));
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("\"degraded\":{\"log\":\"no space\"}"), answer.body());
  }

  @Test
  void saysThatTheTokenStillExistsWhereNobodyKnows() throws Exception {
    logIsThere = false;
    HttpResponse<String> answer =
        send(
            request("/oauth2/revoke")
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=a.b.c")));
    assertEquals(503, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("retry-after").orElse(""));
    assertTrue(answer.body().contains("temporarily_unavailable"), answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"token=a.b.c", "token_type_hint=access_token&token=a.b.c"})
  void revokesTheTokenThatItsHolderPosts(String body) throws Exception {
    HttpResponse<String> answer = post(FORM, body);
    assertEquals(200, answer.statusCode());
    assertEquals("", answer.body());
    assertEquals(List.of("a.b.c"), List.copyOf(revoked));
  }

  @Test
  void decodesTheForm() throws Exception {
    assertEquals(200, post(FORM + "; charset=utf-8", "token=a%2Eb.c%2D").statusCode());
    assertEquals(List.of("a.b.c-"), List.copyOf(revoked));
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-www-form-urlencoded, ''",
    "application/x-www-form-urlencoded, token",
    "application/x-www-form-urlencoded, tokens=a.b.c",
    "application/x-www-form-urlencoded, token=a.b.c&token=d.e.f",
    "application/json,                  '{\"token\":\"a.b.c\"}'",
    "text/plain,                        token=a.b.c",
  })
  void refusesWhatIsNotOneToken(String type, String body) throws Exception {
    HttpResponse<String> answer = post(type, body);
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().startsWith("{\"error\":\"invalid_request\""), answer::body);
    assertFalse(answer.body().contains("a.b.c"), answer::body);
    assertEquals("application/json", header(answer, "content-type"));
    assertTrue(revoked.isEmpty());
  }

  /** The client asks first: it might lose the answer while it still sends. */
  @Test
  void refusesBodiesThatNoTokenNeeds() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/oauth2/revoke")
                .header("content-type", FORM)
                .expectContinue(true)
                .POST(BodyPublishers.ofString("token=" + "x".repeat(17 * 1_024))));
    assertEquals(413, answer.statusCode());
    assertEquals("{\"error\":\"request_too_large\"}", answer.body());
    assertTrue(revoked.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/health", "/health/", "/metrics/x", "/oauth2/jwks/", "/.well-known/x", "/x"})
  void knowsNoOtherPaths(String path) throws Exception {
    HttpResponse<String> answer = send(request(path));
    assertEquals(404, answer.statusCode());
    assertEquals("{\"error\":\"not_found\"}", answer.body());
    assertEquals("application/json", header(answer, "content-type"));
  }

  @ParameterizedTest
  @CsvSource({"GET, /oauth2/revoke", "POST, /metrics", "DELETE, /oauth2/jwks"})
  void knowsNoOtherMethods(String method, String path) throws Exception {
    HttpResponse<String> answer = send(request(path).method(method, BodyPublishers.noBody()));
    assertEquals(404, answer.statusCode());
    assertEquals("{\"error\":\"not_found\"}", answer.body());
  }

  @Test
  void tellsNothingOfABug() throws Exception {
    try (HttpListener broken =
        HttpListener.start(
            "127.0.0.1",
            0,
            GRACE,
            List.of(
                new MetricsRoute(
                    () -> {
                      throw new IllegalStateException("s3cret");
                    })))) {
      HttpResponse<String> answer =
          send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broken.port() + "/metrics")));
      assertEquals(500, answer.statusCode());
      assertEquals("{\"error\":\"internal_error\"}", answer.body());
    }
  }

  @Test
  void saysThatThePortIsTaken() {
    StartException e =
        assertThrows(
            StartException.class,
            () -> HttpListener.start("127.0.0.1", listener.port(), GRACE, List.of()));
    assertTrue(
        String.valueOf(e.getMessage())
            .startsWith("http://127.0.0.1:" + listener.port() + ": cannot listen there: "),
        e::toString);
  }

  @Test
  void saysThatTheHostIsUnknown() {
    StartException e =
        assertThrows(
            StartException.class,
            () -> HttpListener.start("no-such-host.invalid", 0, GRACE, List.of()));
    assertTrue(String.valueOf(e.getMessage()).contains("there is no such host"), e::toString);
  }
}
