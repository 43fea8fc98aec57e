package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.decide.ShadowAnswer;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.SigningKey;
import io.gat.telemetry.DecisionRecordJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with a candidate: what callers get, and what operators see. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class CandidateServerTest {
  private static final String ISSUER = "https://gat.example";

  private static final String LIVE =
      """
      version: gat/v1
      service: orders
      hosts: [orders.example]
      audience: orders
      rules:
        - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: ["orders:read"]}
        - {name: open, paths: ["/open"], public: true}
        - {name: closed, paths: ["/closed"], deny: true}
      """;

  private static final String IN_SHADOW =
      """
        - {name: stricter, enforce: shadow, methods: [GET], paths: ["/v1/orders"], scopes: ["orders:own"]}
        - {name: guarded, enforce: shadow, paths: ["/open"], scopes: ["orders:read"]}
        - {name: new, enforce: shadow, paths: ["/new"], public: true}
      """;

  private static final List<String> PATHS =
      List.of("/v1/orders", "/open", "/closed", "/new", "/v1/../x");

  @TempDir private Path folder = Path.of("");
  private final HttpClient http = HttpClient.newHttpClient();
  private final ByteArrayOutputStream decisions = new ByteArrayOutputStream();
  private int healthPort;

  @BeforeEach
  void files() throws IOException {
    healthPort = FreePort.next();
    Files.createDirectory(folder.resolve("policy"));
    Files.writeString(folder.resolve("policy/orders.yaml"), LIVE);
    config("");
  }

  @AfterEach
  void close() {
    http.close();
  }

  private void config(String more) throws IOException {
    Files.writeString(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "unix://%s"
            policy: policy/%s
            trust:
              - issuer: "%s"
                algorithms: [ES256]
                keys: {feed: "tcp://127.0.0.1:9193"}
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            log: {embedded: data/}
          health: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(
                folder.resolve("a.sock"), more, ISSUER, ISSUER, FreePort.next(), healthPort));
  }

  private void candidate(String text) throws IOException {
    Path file = folder.resolve("candidate/orders.yaml");
    Files.createDirectories(file.resolveSibling("."));
    // At once, as an editor does: no reload sees half of it.
    Path draft = folder.resolve("draft");
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private GatServer start() throws StartException {
    return switch (ConfigReader.read(folder.resolve("gat.yaml"))) {
      case ConfigReader.Result.Read read -> GatServer.start(read.config(), decisions);
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private GrpcClient client() {
    return new GrpcClient(UnixDomainSocketAddress.of(folder.resolve("a.sock")));
  }

  private String token() {
    SigningKey key = IssuersKey.in(folder.resolve("data"));
    return new Minter(ISSUER, key, InstantSource.system())
        .mint(
            new MintRequest(
                "orders",
                List.of("orders:read"),
                "alice",
                "shop",
                Duration.ofMinutes(5),
                "",
                Map.of()),
            Jitter.NONE,
            "somebody")
        .compact();
  }

  private static CheckResponse check(GrpcClient client, String path, String token) {
    return AuthorizationGrpc.newBlockingStub(client.channel())
        .check(
            CheckRequest.newBuilder()
                .setAttributes(
                    AttributeContext.newBuilder()
                        .setRequest(
                            AttributeContext.Request.newBuilder()
                                .setHttp(
                                    AttributeContext.HttpRequest.newBuilder()
                                        .setMethod("GET")
                                        .setHost("orders.example")
                                        .setPath(path)
                                        .putHeaders("authorization", "Bearer " + token))))
                .build());
  }

  /** All of an answer but how old the token is, how long it lives, and which policy it was. */
  private static String told(CheckResponse response) {
    CheckResponse.Builder told = response.toBuilder();
    Struct.Builder gat =
        response.getDynamicMetadata().getFieldsOrThrow("gat").getStructValue().toBuilder();
    List.of("age_ms", "ttl_ms", "time", "policy", "cache", "epoch").forEach(gat::removeFields);
    told.getDynamicMetadataBuilder()
        .putFields("gat", Value.newBuilder().setStructValue(gat).build());
    return told.build().toString();
  }

  private static String reason(GrpcClient client, String path, String token) {
    return check(client, path, token)
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  private String get(String path) throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response.body());
    return response.body();
  }

  private JsonObject ready() throws Exception {
    return JsonParser.parseString(get("/health/ready")).getAsJsonObject();
  }

  private String state() throws Exception {
    JsonObject ready = ready();
    return ready.has("candidate")
        ? ready.getAsJsonObject("candidate").get("state").getAsString()
        : "none";
  }

  private double metric(String series) throws Exception {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .sum();
  }

  private static String shadow(String what, String rule, String live, String candidate) {
    return "gat_shadow_%s_total{candidate=\"%s\",live=\"%s\",rule=\"%s\",service=\"orders\"}"
        .formatted(what, candidate, live, rule);
  }

  private List<DecisionRecord> records() throws Exception {
    List<DecisionRecord> records = new ArrayList<>();
    for (String line : decisions.toString(StandardCharsets.UTF_8).lines().toList()) {
      records.add(DecisionRecordJson.read(line));
    }
    return records;
  }

  /** Asks until the answer is there; the class's time-out ends a wait that is in vain. */
  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void partsInShadowChangeNoAnswerAndAreCountedAndRecorded() throws Exception {
    List<String> before = new ArrayList<>();
    String token;
    try (var _ = start();
        GrpcClient client = client()) {
      token = token();
      PATHS.forEach(path -> before.add(told(check(client, path, token))));
      assertEquals("none", state());
      assertEquals(0, records().stream().filter(r -> r.shadow() != null).count());
    }
    decisions.reset();
    Files.writeString(folder.resolve("policy/orders.yaml"), LIVE + IN_SHADOW);
    try (var _ = start();
        GrpcClient client = client()) {
      List<String> now = new ArrayList<>();
      PATHS.forEach(path -> now.add(told(check(client, path, token))));
      assertEquals(before, now);

      // No answer waits for the candidate; it judges in the order of the checks.
      await(() -> metric("gat_check_duration_seconds_count") >= PATHS.size());
      assertEquals(1, metric(shadow("disagreements", "stricter", "allow", "deny")));
      assertEquals(1, metric(shadow("disagreements", "guarded", "public", "allow")));
      assertEquals(1, metric(shadow("disagreements", "new", "deny", "public")));
      assertEquals(1, metric(shadow("checks", "stricter", "allow", "deny")));
      assertEquals(1, metric(shadow("checks", "closed", "deny", "deny")));
      assertEquals(0, metric("gat_shadow_errors_total"));
      JsonObject ready = ready();
      JsonObject candidate = ready.getAsJsonObject("candidate");
      assertEquals("runs", candidate.get("state").getAsString());
      assertEquals("shadow", candidate.get("from").getAsString());
      assertEquals(ready.get("policy"), candidate.get("policy"));
      assertEquals("UP", ready.get("status").getAsString());
    }
    // Records of denials are not always written after those of allowed calls before them.
    List<DecisionRecord> records = new ArrayList<>(records());
    records.sort(Comparator.comparingInt((DecisionRecord record) -> PATHS.indexOf(record.path())));
    assertEquals(PATHS, records.stream().map(DecisionRecord::path).toList());
    DecisionRecord allowed = records.getFirst();
    assertEquals(Reason.OK, allowed.reason());
    assertEquals("read", allowed.rule());
    assertEquals(
        new ShadowAnswer(ShadowAnswer.Kind.DENY, Reason.INSUFFICIENT_SCOPE, "orders", "stricter"),
        allowed.shadow());
    assertEquals(
        new ShadowAnswer(ShadowAnswer.Kind.ALLOW, Reason.OK, "orders", "guarded"),
        records.get(1).shadow());
    assertNull(records.get(2).shadow());
    assertEquals(
        new ShadowAnswer(ShadowAnswer.Kind.PUBLIC, Reason.OK, "orders", "new"),
        records.get(3).shadow());
    assertNull(records.get(4).shadow());
  }

  @Test
  void aConfiguredCandidateIsReloadedUnderTraffic() throws Exception {
    candidate(LIVE.replace("orders:read", "orders:own"));
    config("\n    candidate: candidate/");
    Files.writeString(folder.resolve("policy/orders.yaml"), LIVE + IN_SHADOW);
    try (var _ = start();
        GrpcClient client = client()) {
      String token = token();
      List<String> seen = new ArrayList<>();
      Callable<Boolean> traffic = () -> seen.add(reason(client, "/v1/orders", token));
      traffic.call();
      assertEquals("runs", state());
      JsonObject first = ready();
      assertEquals("candidate", first.getAsJsonObject("candidate").get("from").getAsString());
      assertNotEquals(first.get("policy"), first.getAsJsonObject("candidate").get("policy"));
      // The configured one, and not the rule `stricter` of the running set.
      await(() -> metric(shadow("disagreements", "read", "allow", "deny")) == 1);
      assertEquals(0, metric(shadow("disagreements", "stricter", "allow", "deny")));

      candidate("version: gat/v1\nservice: orders\nrules: []\n");
      await(() -> traffic.call() && state().equals("refused"));
      assertEquals("UP", ready().get("status").getAsString());
      assertTrue(get("/metrics").contains("gat_shadow_info{hash=\"-\",state=\"refused\"} 1"));
      traffic.call();
      assertEquals(0, metric(shadow("checks", "read", "allow", "deny")));

      candidate(LIVE.replace("name: read", "name: renamed"));
      await(() -> traffic.call() && state().equals("runs"));
      traffic.call();
      await(() -> traffic.call() && metric(shadow("checks", "renamed", "allow", "allow")) > 0);
      assertEquals(0, metric(shadow("disagreements", "renamed", "allow", "allow")));

      Files.writeString(
          folder.resolve("policy/orders.yaml"), LIVE.replace("orders:read", "orders:other"));
      await(() -> traffic.call() && seen.getLast().equals("insufficient_scope"));
      await(
          () -> traffic.call() && metric(shadow("disagreements", "renamed", "deny", "allow")) > 0);
      int stricter = seen.indexOf("insufficient_scope");
      assertTrue(seen.subList(0, stricter).stream().allMatch("ok"::equals), seen.toString());
    }
  }

  @Test
  void startsWhateverIsWrongWithTheCandidate() throws Exception {
    config("\n    candidate: not-there/");
    try (var _ = start();
        GrpcClient client = client()) {
      assertEquals("ok", reason(client, "/open", ""));
      assertEquals("refused", state());
      assertEquals("UP", ready().get("status").getAsString());
    }
    config("\n    candidate: {bundle: {url: \"https://127.0.0.1:1/p.tar\", key: no-key.jwks}}");
    try (var _ = start();
        GrpcClient client = client()) {
      assertEquals("ok", reason(client, "/open", ""));
      assertEquals("refused", state());
    }
    Files.createDirectory(folder.resolve("not-there"));
    Files.writeString(folder.resolve("not-there/other.yaml"), LIVE.replace("orders", "other"));
    config("\n    candidate: not-there/\n    service: orders");
    try (var _ = start();
        GrpcClient client = client()) {
      assertEquals("ok", reason(client, "/open", ""));
      assertEquals("refused", state(), "it lacks the service that is pinned");
    }
  }
}
