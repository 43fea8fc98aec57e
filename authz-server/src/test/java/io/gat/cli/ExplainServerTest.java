package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gat.FreePort;
import io.gat.admin.ExplainRequest;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.envoy.RawHttp;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.SigningKey;
import io.gat.server.GatServer;
import io.gat.server.IssuersKey;
import io.gat.server.StartException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gat policy explain --server} against a running server, and the admin API under it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ExplainServerTest {
  private static final String ISSUER = "https://gat.example";
  private static final String JSON = "application/json";

  @TempDir private Path folder = Path.of("");
  private final HttpClient http = HttpClient.newHttpClient();
  private int issuerPort;
  private int adminPort;
  private GatServer server;

  @BeforeEach
  void start() throws IOException, StartException {
    issuerPort = FreePort.next();
    adminPort = FreePort.next();
    Files.createDirectory(folder.resolve("policy"));
    policy("orders:read");
    Files.writeString(folder.resolve("gat.yaml"), config(""));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    write("operator", mint("gat-admin", "gat:audit"));
    write("token", mint("orders", "orders:read"));
  }

  @AfterEach
  void end() {
    server.close();
    http.close();
  }

  private String config(String admin) throws IOException {
    return """
    gat:
      roles: [authz, issuer]
      authz:
        listen: "unix://%s"
        policy: policy/
        trust:
          - issuer: "%s"
            algorithms: [ES256]
            keys: {feed: "tcp://127.0.0.1:9193"}
      issuer:
        url: "%s"
        listen: "http://127.0.0.1:%d"
        log: {embedded: data/}
      health: {listen: "http://127.0.0.1:%d"}
      admin: {listen: "http://127.0.0.1:%d"%s}
    """
        .formatted(
            folder.resolve("a.sock"),
            ISSUER,
            ISSUER,
            issuerPort,
            FreePort.next(),
            adminPort,
            admin);
  }

  private GatConfig read() {
    return switch (ConfigReader.read(folder.resolve("gat.yaml"))) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private void policy(String scope) throws IOException {
    Files.writeString(
        folder.resolve("policy/orders.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: read, methods: [GET], paths: ["/v1/orders/{id}"], scopes: ["%s"], when: "path.id == 'o1' || token.subject == 'bob'"}
          - {name: health, paths: ["/healthz"], public: true}
          - {name: internal, paths: ["/internal/{rest=**}"], deny: true}
        """
            .formatted(scope));
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }

  private String mint(String audience, String scope) {
    SigningKey key = IssuersKey.in(folder.resolve("data"));
    return new Minter(ISSUER, key, InstantSource.system())
        .mint(
            new MintRequest(
                audience, List.of(scope), "alice", "cli", Duration.ofMinutes(5), "", Map.of()),
            Jitter.NONE,
            "somebody")
        .compact();
  }

  private String url() {
    return "http://127.0.0.1:" + adminPort;
  }

  /** Runs the command; {@code @} is the folder, {@code URL} the server. */
  private Run explain(String arguments) {
    List<String> words = new ArrayList<>(List.of("policy", "explain"));
    Arrays.stream(arguments.split(" +"))
        .map(word -> word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word)
        .map(word -> word.equals("URL") ? url() : word)
        .forEach(words::add);
    return Run.gat(words.toArray(String[]::new));
  }

  private static final String ASK = "--server URL --operator-token @operator ";

  @ParameterizedTest
  @CsvSource({
    "/v1/orders/o1, --token @token, 0, allow by orders/read",
    "/v1/orders/o2, --token @token, 1, condition_false",
    "/v1/orders/o1, --token @operator, 1, wrong_audience",
    "/v1/orders/o1, --source-address 10.0.0.1, 1, no_token",
    "/healthz, --method POST, 0, allow by orders/health",
    "/internal/x, --token @token, 1, denied_by_rule",
    "/nothing, --token @token, 1, no_rule",
  })
  void saysWhatTheServerWouldDecide(String path, String more, int code, String expected) {
    Run run = explain(ASK + "--host orders.example --path " + path + " " + more);
    assertEquals("", run.err());
    assertEquals(code, run.code(), run.out());
    assertTrue(run.out().contains(expected), run.out());
  }

  /** The same inputs have the same explanation, but for what only a running server knows. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--path /v1/orders/o1 --token @token",
        "--path /v1/orders/o2 --token @token",
        "--path /v1/orders/o1 --token @operator",
        "--path /v1/orders/o1/ --token @token",
        "--path /v1/orders/o1 --header authorization:x --header authorization:y",
        "--path /healthz --source-principal spiffe://cluster.local/ns/shop/sa/web",
        "--path /internal/x --token @token",
        "--path /nothing --method PUT --extension gat.service=orders",
        "--check-request @message.json",
        "--check-request @message.json --token @token",
      })
  void explainsAsItDoesOffline(String call) throws IOException {
    write(
        "message.json",
        """
        {"attributes": {"request": {"http": {"method": "GET", "host": "orders.example",
          "path": "/v1/orders/o1?a=b", "headers": {"authorization": "Bearer nonsense"}}}}}
        """);
    String host = call.contains("--check-request") ? "" : " --host orders.example";
    Run online = explain(ASK + "--output json " + call + host);
    JsonObject live = JsonParser.parseString(online.out()).getAsJsonObject();
    Run offline =
        explain(
            "--output json --config @gat.yaml --at "
                + live.get("time").getAsString()
                + " "
                + call
                + host);
    JsonObject there = JsonParser.parseString(offline.out()).getAsJsonObject();
    assertEquals(offline.code(), online.code());
    for (JsonObject one : List.of(live, there)) {
      one.remove("notes"); // offline it says that revocations are not known
      JsonArray steps = one.getAsJsonArray("steps");
      for (JsonElement step : steps) {
        if (List.of("revoked", "freshness")
            .contains(step.getAsJsonObject().get("step").getAsString())) {
          step.getAsJsonObject().remove("seen");
          step.getAsJsonObject().remove("state");
        }
      }
    }
    assertEquals(there, live);
  }

  @Test
  void explainsARecordByTheLivePolicy() throws IOException {
    write(
        "log.ndjson",
        "{\"time\":\"2026-11-26T12:00:00Z\",\"decision\":\"deny\",\"reason\":\"insufficient_scope\","
            + "\"service\":\"orders\",\"rule\":\"read\",\"method\":\"GET\",\"host\":\"orders.example\","
            + "\"path\":\"/v1/orders/o1\",\"token_id\":\"t1\",\"policy\":\"0123456789abcdef\"}\n");
    Run online = explain(ASK + "--record @log.ndjson");
    Run offline = explain("--config @gat.yaml --record @log.ndjson");
    assertEquals(1, online.code(), online.err());
    assertEquals(offline.out(), online.out());
    assertTrue(online.out().contains("THE POLICY IS ANOTHER ONE NOW"), online.out());
  }

  @Test
  void seesARevocationAtOnce() throws Exception {
    String call = "--host orders.example --path /v1/orders/o1 --token @token";
    assertEquals(0, explain(ASK + call).code());
    revoke(Files.readString(folder.resolve("token")));
    Run after = explain(ASK + call);
    assertEquals(1, after.code(), after.out());
    assertTrue(after.out().contains("revoked"), after.out());

    revoke(Files.readString(folder.resolve("operator")));
    Run refused = explain(ASK + call);
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("refuses the operator's gat (revoked)"), refused.err());
  }

  private void revoke(String token) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + issuerPort + "/oauth2/revoke"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                .build(),
            BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
  }

  @Test
  void seesAPolicyThatWasReloaded() throws IOException {
    String call = ASK + "--host orders.example --path /v1/orders/o1 --token @token";
    assertEquals(0, explain(call).code());
    policy("orders:other");
    Run run = explain(call);
    while (run.code() == 0) { // the class's time-out ends a wait that is in vain
      run = explain(call);
    }
    assertEquals(1, run.code(), run.err());
    assertTrue(run.out().contains("insufficient_scope"), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --server URL --path /                                             | no operator's gat: no --operator-token, GAT_OPERATOR_TOKEN_FILE is not set;
          --operator-token @operator --path /                               | goes with --server
          --server URL --operator-token @operator --path / --at 2026-01-01T00:00:00Z | own policy, keys and clock
          --server URL --operator-token @operator --path / --config @gat.yaml | own policy, keys and clock
          --server URL --operator-token @operator --path / --policy @policy | own policy, keys and clock
          --server URL --operator-token @operator --path / --service orders | own policy, keys and clock
          --server URL --operator-token @operator --path / --assume-verified | own policy, keys and clock
          --server URL --operator-token @operator                           | no call is given
          --server URL --operator-token - --token - --path /                | can be read once
          --server URL --operator-token @absent --path /                    | there is no such file
          --server URL --operator-token @empty --path /                     | there is no gat
          --server http://gat.example:9195 --operator-token @operator --path / | over http everybody on the way reads
          --server ftp://localhost --operator-token @operator --path /      | not the URL of an HTTP server
          --server localhost:9195 --operator-token @operator --path /       | not the URL of an HTTP server
          --server http://a@localhost:1 --operator-token @operator --path / | a host, a port and nothing else
          --server http://localhost:1?x --operator-token @operator --path / | a host, a port and nothing else
          --server http://[::1 --operator-token @operator --path /          | not a URL
          --server http://127.0.0.1:1 --operator-token @operator --path /   | no answer from there
          --server URL/sub --operator-token @operator --path /              | no admin API
          --server URL --operator-token @token --path /                     | refuses the operator's gat (wrong_audience)
          --server URL --operator-token @nonsense --path /                  | refuses the operator's gat (malformed_token)
          --server URL --operator-token @reader --path /                    | the gat needs the scope gat:audit
          --server URL --operator-token @operator --check-request @large    | too large; it takes at most 256 KiB
          """)
  void saysWhatIsInTheWay(String arguments, String expected) throws IOException {
    write("empty", "\n");
    write("nonsense", "nonsense");
    write("reader", mint("gat-admin", "gat:keys"));
    write(
        "large",
        "{\"attributes\":{\"request\":{\"http\":{\"path\":\"/\",\"headers\":{\"a\":\""
            + "x".repeat(300_000)
            + "\"}}}}}");
    Run run = explain(arguments.strip().replace("URL/sub", url() + "/sub"));
    assertEquals(2, run.code(), run.out());
    assertEquals("", run.out());
    assertTrue(run.err().contains(expected), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertFalse(run.err().contains("eyJ"), run.err());
  }

  private HttpRequest.Builder post(String body) throws IOException {
    return HttpRequest.newBuilder(URI.create(url() + "/v1/explain"))
        .header("authorization", "Bearer " + Files.readString(folder.resolve("operator")))
        .header("content-type", JSON)
        .POST(BodyPublishers.ofString(body));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static final String CALL =
      "{\"check\":{\"attributes\":{\"request\":{\"http\":{\"method\":\"GET\",\"path\":\"/healthz\","
          + "\"host\":\"orders.example\"}}}}}";

  @Test
  void answersJsonThatNobodyKeeps() throws Exception {
    HttpResponse<String> answer = send(post(CALL));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(JSON, header(answer, "content-type"));
    assertEquals("no-store", header(answer, "cache-control"));
    assertEquals("", header(answer, "access-control-allow-origin"));
    assertTrue(answer.body().contains("\"decision\": \"allow\""), answer.body());
  }

  @Test
  void challengesWhoIsNoOperator() throws Exception {
    HttpResponse<String> nobody =
        send(post(CALL).setHeader("authorization", "Basic x").header("x-request-id", "r-1"));
    assertEquals(401, nobody.statusCode());
    assertEquals("Bearer realm=\"gat-admin\"", header(nobody, "www-authenticate"));
    assertEquals(
        "{\"error\":\"unauthorized\",\"reason\":\"no_token\",\"request_id\":\"r-1\"}",
        nobody.body());
    String token = Files.readString(folder.resolve("token"));
    HttpResponse<String> other = send(post(CALL).setHeader("authorization", "Bearer " + token));
    assertEquals(401, other.statusCode());
    assertEquals(
        "Bearer realm=\"gat-admin\", error=\"invalid_token\"", header(other, "www-authenticate"));
    assertFalse(other.body().contains(token.substring(0, 20)));
    HttpResponse<String> reader =
        send(post(CALL).setHeader("authorization", "Bearer " + mint("gat-admin", "gat:keys")));
    assertEquals(403, reader.statusCode());
    assertTrue(header(reader, "www-authenticate").endsWith("scope=\"gat:audit\""));
  }

  @Test
  void refusesBodiesThatItCannotRead() throws Exception {
    assertEquals(400, send(post("{}")).statusCode());
    assertEquals(400, send(post("")).statusCode());
    assertEquals(400, send(post(CALL.replace("{\"check\"", "{\"at\":1,\"check\""))).statusCode());
    HttpResponse<String> form =
        send(post(CALL).setHeader("content-type", "application/x-www-form-urlencoded"));
    assertEquals(415, form.statusCode());
    HttpResponse<String> large =
        send(post("x".repeat(ExplainRequest.MAX_BYTES + 1)).expectContinue(true));
    assertEquals(413, large.statusCode(), large.body());
  }

  /** A page in a browser on the same machine can reach the port. */
  @Test
  void refusesWhatABrowserSendsForAPage() throws Exception {
    HttpResponse<String> page = send(post(CALL).header("origin", url()));
    assertEquals(403, page.statusCode());
    assertTrue(page.body().contains("\"reason\":\"foreign_origin\""), page.body());
    HttpResponse<String> preflight =
        send(
            HttpRequest.newBuilder(URI.create(url() + "/v1/explain"))
                .header("origin", "https://evil.example")
                .method("OPTIONS", BodyPublishers.noBody()));
    assertEquals(403, preflight.statusCode());
    assertEquals("", header(preflight, "access-control-allow-origin"));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 401",
    "LOCALHOST:9195, 401",
    "[::1]:9195, 401",
    "evil.example:9195, 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "10.0.0.1, 403",
    "[::2], 403",
  })
  void answersOnlyToItsOwnNames(String host, int status) throws IOException {
    RawHttp.Response answer =
        RawHttp.exchange(
            adminPort, "POST /v1/explain HTTP/1.1", "host: " + host, "content-length: 0");
    assertEquals(status, answer.status(), answer.body());
    assertEquals(status == 403, answer.body().contains("foreign_host"), answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1", "/v1/explain/", "/metrics", "/oauth2/jwks"})
  void knowsNoOtherPaths(String path) throws Exception {
    assertEquals(404, send(HttpRequest.newBuilder(URI.create(url() + path))).statusCode());
  }

  /** Where nobody could be an operator there is nothing to listen for. */
  @Test
  void listensOnlyWhereSomebodyMayBeAnOperator() throws Exception {
    server.close();
    Files.writeString(folder.resolve("jwks.json"), jwks());
    String authz =
        config("")
            .replace("[authz, issuer]", "[authz]")
            .replace("{feed: \"tcp://127.0.0.1:9193\"}", "{file: jwks.json}")
            .replaceAll("(?s)  issuer:\n    url.*?data/}\n", "");
    Files.writeString(folder.resolve("gat.yaml"), authz);
    try (var _ = GatServer.start(read(), OutputStream.nullOutputStream())) {
      assertThrows(ConnectException.class, () -> send(post(CALL)));
    }
    Files.writeString(
        folder.resolve("gat.yaml"),
        authz.replace("  admin: {", "  admin: {issuer: \"" + ISSUER + "\", "));
    try (var _ = GatServer.start(read(), OutputStream.nullOutputStream())) {
      HttpResponse<String> answer = send(post(CALL));
      assertEquals(200, answer.statusCode(), answer.body());
      Run run = explain(ASK + "--host orders.example --path /v1/orders/o1 --token @token");
      assertEquals(0, run.code(), run.err() + run.out());
      assertNotEquals("", run.out());
    }
  }

  private String jwks() {
    return IssuersKey.in(folder.resolve("data")).publicJwks();
  }
}
