package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.admin.AdminOperation;
import io.gat.admin.AdminOperation.Answer;
import io.gat.admin.OpenOperation;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.envoy.RawHttp;
import io.gat.log.Appended;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin API over HTTP, with operations of a test: what is true of every operation. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class AdminApiTest {

  private final List<AdminOperation.Call> calls = Collections.synchronizedList(new ArrayList<>());
  private volatile Answer next = Answer.ok("{\"done\":true}");
  private final HttpClient http = HttpClient.newHttpClient();
  private AdminWorld world =
      new AdminWorld(
          List.of(
              operation("GET", "/v1/keys"),
              operation("POST", "/v1/keys/{kid}/revoke"),
              operation("POST", "/v1/keys/rotate"),
              operation("GET", "/v1/audit"),
              operation("PUT", "/v1/keys/canary"),
              operation("DELETE", "/v1/keys/canary")),
          List.of(new OpenOperation("POST", "/v1/sign-in", call -> next)));

  private AdminOperation operation(String method, String path) {
    return new AdminOperation(
        method,
        path,
        (operator, call) -> {
          // It is in the audit log before anything is done.
          if (world.trail.events().stream()
              .noneMatch(e -> e.requestId().equals(call.requestId()))) {
            throw new AssertionError("not audited");
          }
          calls.add(call);
          return next;
        });
  }

  /** The same with other operations. */
  private void become(List<AdminOperation> operations, List<OpenOperation> open) {
    world.close();
    world = new AdminWorld(operations, open);
  }

  @BeforeEach
  void quiet() {
    assertTrue(world.counted.isEmpty());
  }

  @AfterEach
  void end() {
    world.close();
    http.close();
  }

  private HttpRequest.Builder request(String path, String... scopes) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + world.port() + path))
            .header("x-request-id", "r-1");
    if (scopes.length > 0) {
      request.header("authorization", "Bearer " + world.gat(scopes));
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String error(HttpResponse<String> answer) {
    return answer.body();
  }

  @Test
  void doesWhatAnAdmittedOperatorAsks() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/v1/keys/k-1/revoke", "gat:keys")
                .header("content-type", "application/json; charset=utf-8")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .POST(BodyPublishers.ofString("{\"reason\":\"läuft aus\"}")));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("{\"done\":true}", answer.body());
    assertEquals("no-store", answer.headers().firstValue("cache-control").orElse(""));
    assertEquals("nosniff", answer.headers().firstValue("x-content-type-options").orElse(""));
    AdminOperation.Call call = calls.getFirst();
    assertEquals(Map.of("kid", "k-1"), call.path());
    assertEquals("{\"reason\":\"läuft aus\"}", call.body());
    assertEquals("r-1", call.requestId());
    assertEquals("0af7651916cd43dd8448eb211c80319c", call.traceId());
    assertEquals(List.of("POST /v1/keys/{kid}/revoke done"), world.counted);
  }

  @Test
  void auditsWhoWasLetInToDoWhat() throws Exception {
    send(request("/v1/audit?subject=a%20b&since=1h", "gat:audit"));
    AuditEvent event = world.trail.events().getFirst();
    assertEquals(Action.OPERATOR_ADMITTED, event.action());
    assertEquals(Actor.Kind.OPERATOR, event.actor().kind());
    assertEquals("olga", event.actor().name());
    assertFalse(event.actor().tokenId().isEmpty());
    assertEquals("r-1", event.requestId());
    assertEquals("GET /v1/audit", event.details().get("operation"));
    assertEquals("since=1h&subject=a b", event.details().get("query"));
    assertEquals(Map.of("subject", "a b", "since", "1h"), calls.getFirst().query());
  }

  @Test
  void keepsNoTokenThatIsInTheWrongPlace() throws Exception {
    String gat = world.gat("gat:audit");
    assertEquals(200, send(request("/v1/audit?subject=" + gat, "gat:audit")).statusCode());
    assertFalse(world.trail.events().toString().contains(gat.substring(0, 30)));
    assertEquals("subject=(a token)", world.trail.events().getFirst().details().get("query"));
  }

  /** Nothing is done that the audit log does not have. */
  @Test
  void doesNothingWhereTheAuditLogDoesNotTakeIt() throws Exception {
    for (Appended no :
        List.of(new Appended.Full(), new Appended.Unknown("no disk"), new Appended.Conflict(7))) {
      world.trail.answer(no);
      HttpResponse<String> answer = send(request("/v1/keys", "gat:keys"));
      assertEquals(503, answer.statusCode());
      assertEquals(
          "{\"error\":\"unavailable\",\"reason\":\"audit_unavailable\",\"request_id\":\"r-1\"}",
          answer.body());
      assertEquals("1", answer.headers().firstValue("retry-after").orElse(""));
    }
    assertEquals(List.of(), calls);
    assertEquals(Collections.nCopies(3, "GET /v1/keys unavailable"), world.counted);
  }

  @Test
  void countsAndAuditsWhoIsRefused() throws Exception {
    assertEquals(401, send(request("/v1/keys")).statusCode());
    assertEquals(403, send(request("/v1/keys", "gat:audit")).statusCode());
    assertEquals(Collections.nCopies(2, "GET /v1/keys refused"), world.counted);
    AuditEvent nobody = world.refusals.events().getFirst();
    assertEquals(Action.OPERATOR_REFUSED, nobody.action());
    assertEquals(AuditEvent.Outcome.REFUSED, nobody.outcome());
    assertEquals("no_token", nobody.reason());
    assertEquals(Actor.Kind.ANONYMOUS, nobody.actor().kind());
    AuditEvent olga = world.refusals.events().get(1);
    assertEquals("insufficient_scope", olga.reason());
    assertEquals(Actor.Kind.CALLER, olga.actor().kind());
    assertEquals("olga", olga.actor().name());
    assertEquals(List.of(), world.trail.events());
    assertEquals(List.of(), calls);
  }

  /** A refusal does not wait for the log. */
  @Test
  void refusesEvenIfTheAuditLogIsAway() throws Exception {
    world.refusals.answer(new Appended.Unknown("no disk"));
    assertEquals(401, send(request("/v1/keys")).statusCode());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v2/keys, 404",
    "GET, /v1/keys/, 404",
    "GET, //v1/keys, 404",
    "GET, /v1/%6beys, 404",
    "GET, /v1/./keys, 404",
    "GET, /v1/keys;a=b, 404",
    "POST, /v1/keys/a%2Fb/revoke, 404",
    "POST, /v1/keys/../revoke, 404",
    "POST, /v1/keys//revoke, 404",
    "POST, /v1/keys, 405",
    "OPTIONS, /v1/keys, 405",
    "HEAD, /v1/keys, 405",
    "DELETE, /openapi.yaml, 404",
    "PATCH, /v1/sign-in, 405",
  })
  void hasNothingElse(String method, String path, int status) throws Exception {
    String gat = world.gat("gat:keys");
    RawHttp.Response answer =
        RawHttp.exchange(
            world.port(),
            method + " " + path + " HTTP/1.1",
            "host: localhost",
            "content-length: 0",
            "authorization: Bearer " + gat);
    assertTrue(
        answer.status() == status || answer.status() == 400, answer.status() + answer.body());
    assertEquals(List.of(), calls);
    assertEquals(List.of(), world.trail.events());
  }

  /** A path belongs to its most specific template. */
  @Test
  void takesALiteralBeforeAVariable() throws Exception {
    assertEquals(
        405,
        send(request("/v1/keys/canary", "gat:keys").POST(BodyPublishers.noBody())).statusCode());
    assertEquals(
        200,
        send(request("/v1/keys/rotate/revoke", "gat:keys").POST(BodyPublishers.noBody()))
            .statusCode());
    assertEquals(Map.of("kid", "rotate"), calls.getFirst().path());
  }

  @Test
  void namesTheMethodsThatAPathHas() throws Exception {
    HttpResponse<String> answer = send(request("/v1/keys/canary", "gat:keys"));
    assertEquals(405, answer.statusCode());
    assertEquals("DELETE, PUT", answer.headers().firstValue("allow").orElse(""));
    assertEquals(
        "{\"error\":\"invalid_request\",\"reason\":\"method_not_allowed\",\"request_id\":\"r-1\"}",
        error(answer));
  }

  @ParameterizedTest
  @CsvSource({
    "subject=a&subject=b, 400",
    "a=%zz, 400",
    "a=1&%61=2, 400",
    "a=b, 200",
    "a, 400",
    "a=, 200",
  })
  void takesEveryParameterOnce(String query, int status) throws Exception {
    String gat = world.gat("gat:audit");
    RawHttp.Response answer =
        RawHttp.exchange(
            world.port(),
            "GET /v1/audit?" + query + " HTTP/1.1",
            "host: localhost",
            "authorization: Bearer " + gat);
    assertEquals(status, answer.status(), answer.body());
    assertEquals(status == 200 ? 1 : 0, calls.size());
  }

  @Test
  void takesAtMostThirtyTwoParameters() throws Exception {
    StringBuilder query = new StringBuilder("a=1");
    for (int i = 1; i < 33; i++) {
      query.append("&a").append(i).append("=1");
    }
    assertEquals(400, send(request("/v1/audit?" + query, "gat:audit")).statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "text/json",
        ""
      })
  void takesJsonOnly(String type) throws Exception {
    HttpRequest.Builder request = request("/v1/keys/k/revoke", "gat:keys");
    if (!type.isEmpty()) {
      request.header("content-type", type);
    }
    HttpResponse<String> answer = send(request.POST(BodyPublishers.ofString("{}")));
    assertEquals(415, answer.statusCode());
    assertEquals(List.of(), calls);
    assertEquals(List.of("POST /v1/keys/{kid}/revoke invalid"), world.counted);
  }

  @Test
  void takesNoTextThatIsNotUtf8() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/v1/keys/k/revoke", "gat:keys")
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(new byte[] {'{', (byte) 0xc3, '}'})));
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("not_utf8"));
  }

  @ParameterizedTest
  @CsvSource({"r-9, true", "'a b', false", "ü, false"})
  void repeatsOnlyASoundRequestId(String id, boolean sound) throws Exception {
    RawHttp.Response answer =
        RawHttp.exchange(
            world.port(), "GET /v1/keys HTTP/1.1", "host: localhost", "x-request-id: " + id);
    assertEquals(401, answer.status(), answer.body());
    assertEquals(sound, answer.body().contains("\"request_id\":\"" + id + "\""), answer.body());
  }

  @Test
  void tellsAnOperationsOwnNo() throws Exception {
    next = Answer.error(404, "not_found", "unknown_key", "there is no key \"k\"");
    HttpResponse<String> answer =
        send(request("/v1/keys/k/revoke", "gat:keys").POST(BodyPublishers.noBody()));
    assertEquals(404, answer.statusCode());
    assertTrue(answer.body().contains("unknown_key"));
    assertEquals(List.of("POST /v1/keys/{kid}/revoke declined"), world.counted);
  }

  @Test
  void hidesWhatABugSays() throws Exception {
    become(
        List.of(
            new AdminOperation(
                "GET",
                "/v1/keys",
                (operator, call) -> {
                  throw new IllegalStateException("hush-bug");
                })),
        List.of());
    HttpResponse<String> answer = send(request("/v1/keys", "gat:keys"));
    assertEquals(500, answer.statusCode());
    assertEquals(
        "{\"error\":\"internal_error\",\"reason\":\"internal_error\",\"request_id\":\"r-1\"}",
        answer.body());
    assertEquals(List.of("GET /v1/keys failed"), world.counted);
  }

  /** Strangers who sign in over and over take no operator's place. */
  @Test
  void keepsPlacesForOperatorsWhileStrangersWait() throws Exception {
    CountDownLatch begun = new CountDownLatch(4);
    CountDownLatch goOn = new CountDownLatch(1);
    become(
        List.of(operation("GET", "/v1/keys")),
        List.of(
            new OpenOperation(
                "POST",
                "/v1/sign-in",
                call -> {
                  begun.countDown();
                  try {
                    goOn.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return next;
                })));
    var waiting = new ArrayList<java.util.concurrent.CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < 4; i++) {
      waiting.add(
          http.sendAsync(
              request("/v1/sign-in").POST(BodyPublishers.noBody()).build(),
              BodyHandlers.ofString()));
    }
    begun.await();
    assertEquals(503, send(request("/v1/sign-in").POST(BodyPublishers.noBody())).statusCode());
    assertEquals(200, send(request("/v1/keys", "gat:keys")).statusCode());
    goOn.countDown();
    for (var one : waiting) {
      assertEquals(200, one.get().statusCode());
    }
  }

  @Test
  void hasNoOperationWithoutARule() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new AdminWorld(List.of(operation("POST", "/v1/new")), List.of()));
    assertEquals("operators.yaml has no rule with scopes for POST /v1/new", e.getMessage());
  }

  @Test
  void describesItself() throws Exception {
    HttpResponse<String> answer = send(request("/openapi.yaml"));
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().startsWith("openapi: 3.1."));
    assertEquals("application/yaml", answer.headers().firstValue("content-type").orElse(""));
    assertEquals(
        403, send(request("/openapi.yaml").header("origin", "https://evil.example")).statusCode());
  }
}
