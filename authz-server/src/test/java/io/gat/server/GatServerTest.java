package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.keys.SigningKey;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole server in this process: its sockets, files, health and metrics. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class GatServerTest {
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder = Path.of("");
  private final HttpClient http = HttpClient.newHttpClient();
  private final ByteArrayOutputStream decisions = new ByteArrayOutputStream();
  private int healthPort;
  private int issuerPort;

  @BeforeEach
  void files() throws IOException {
    healthPort = FreePort.next();
    issuerPort = FreePort.next();
    Files.createDirectory(folder.resolve("policy"));
    policy("orders:read");
    Files.writeString(
        folder.resolve("gat.yaml"),
        """
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
          admin: {listen: "http://127.0.0.1:0"}
        """
            .formatted(socket(), ISSUER, ISSUER, issuerPort, healthPort));
  }

  private Path socket() {
    return folder.resolve("a.sock");
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
          - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: ["%s"]}
          - {name: health, paths: ["/healthz"], public: true}
        """
            .formatted(scope));
  }

  private GatConfig config() {
    return switch (ConfigReader.read(folder.resolve("gat.yaml"))) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private GatServer start() throws StartException {
    return GatServer.start(config(), decisions);
  }

  private GrpcClient client() {
    return new GrpcClient(UnixDomainSocketAddress.of(socket()));
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

  private static Struct check(GrpcClient client, String path, String token) {
    CheckResponse response =
        AuthorizationGrpc.newBlockingStub(client.channel())
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
    return response.getDynamicMetadata().getFieldsOrThrow("gat").getStructValue();
  }

  private static String reason(GrpcClient client, String path, String token) {
    return check(client, path, token).getFieldsOrThrow("reason").getStringValue();
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Asks until the answer is there; the class's time-out ends a wait that is in vain. */
  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void decidesOverItsSocketAndTellsHowItIs() throws Exception {
    try (var _ = start();
        GrpcClient client = client()) {
      assertEquals("ok", reason(client, "/v1/orders", token()));
      assertEquals("malformed_token", reason(client, "/v1/orders", "nonsense"));
      assertEquals("ok", reason(client, "/healthz", ""));

      assertEquals(200, get(healthPort, "/health/live").statusCode());
      assertEquals(200, get(healthPort, "/health/ready").statusCode());
      assertEquals(404, get(healthPort, "/oauth2/jwks").statusCode());
      assertEquals(
          ServingStatus.SERVING,
          HealthGrpc.newBlockingStub(client.channel())
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus());
      String metrics = get(healthPort, "/metrics").body();
      assertTrue(
          metrics.contains("gat_checks_total{decision=\"deny\",reason=\"malformed_token\"} 1.0"),
          metrics);
      assertTrue(metrics.contains("gat_cache_lookups_total{result=\"miss\"} 2.0"), metrics);
      HttpResponse<String> jwks = get(issuerPort, "/oauth2/jwks");
      assertEquals(200, jwks.statusCode());
      assertFalse(jwks.body().contains("\"d\""), "a private key is published");
      assertEquals(404, get(issuerPort, "/metrics").statusCode());
    }
    String log = decisions.toString(StandardCharsets.UTF_8);
    assertTrue(log.contains("\"reason\":\"malformed_token\""), log);
    assertEquals(1, log.lines().count(), log);
  }

  @Test
  void refusesATokenOnceItsHolderHasRevokedIt() throws Exception {
    try (var _ = start();
        GrpcClient client = client()) {
      String token = token();
      String other = token();
      assertEquals("ok", reason(client, "/v1/orders", token));

      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + issuerPort + "/oauth2/revoke"))
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertEquals(200, answer.statusCode());
      assertEquals("revoked", reason(client, "/v1/orders", token));
      assertEquals("ok", reason(client, "/v1/orders", other));
    }
  }

  @Test
  void takesANewPolicyWithoutDroppingACheck() throws Exception {
    try (var _ = start();
        GrpcClient client = client()) {
      String token = token();
      List<String> seen = new ArrayList<>();

      policy("orders:other");
      await(
          () -> {
            seen.add(reason(client, "/v1/orders", token));
            return seen.getLast().equals("insufficient_scope");
          });
      assertTrue(
          seen.stream().allMatch(r -> r.equals("ok") || r.equals("insufficient_scope")),
          seen.toString());
    }
  }

  @Test
  void recordsWhichPolicyTookThePlaceOfWhich() throws Exception {
    try (var _ = start();
        GrpcClient client = client()) {
      String token = token();
      policy("orders:other");
      await(() -> reason(client, "/v1/orders", token).equals("insufficient_scope"));
    }
    try (LogReader log = EmbeddedLog.openReadOnly(folder.resolve("data"))) {
      List<String> payloads =
          log.read(0, 1_000, Set.of(Topic.AUDIT)).stream().map(LogRecord::payload).toList();
      List<String> changes =
          payloads.stream().filter(p -> p.contains("\"policy_changed\"")).toList();
      assertEquals(2, changes.size(), changes.toString());
      String first = changes.getFirst().replaceAll(".*\"policy\":\"([0-9a-f]+)\".*", "$1");
      assertTrue(changes.getLast().contains("\"before\":\"" + first + "\""), changes.toString());
      assertTrue(payloads.stream().anyMatch(p -> p.contains("\"server_started\"")));
    }
  }

  @Test
  void saysThatItIsNotReadyAndAnswersOnWhileItDrains() throws Exception {
    Path file = folder.resolve("gat.yaml");
    Files.writeString(file, Files.readString(file) + "  drain: {delay: 10m, grace: 5s}\n");
    try (GatServer server = start();
        GrpcClient client = client()) {
      String token = token();
      assertEquals("ok", reason(client, "/v1/orders", token));
      Thread drain = Thread.ofPlatform().start(server::drain);
      await(() -> get(healthPort, "/health/ready").statusCode() == 503);
      assertEquals(200, get(healthPort, "/health/live").statusCode());
      assertEquals(
          ServingStatus.NOT_SERVING,
          HealthGrpc.newBlockingStub(client.channel())
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus());
      assertEquals("ok", reason(client, "/v1/orders", token));
      drain.interrupt(); // the delay is over
      drain.join();
      assertFalse(Files.exists(socket()));
    }
  }

  @Test
  void refusesToStartWithOneLineAProblem() throws Exception {
    Files.writeString(
        folder.resolve("policy/orders.yaml"), "version: gat/v1\nservice: orders\nrule: []\n");
    StartException problems = assertThrows(StartException.class, this::start);
    String message = String.valueOf(problems.getMessage());
    assertTrue(message.contains("orders.yaml:3:1: rule: "), message);
    assertTrue(message.contains("did you mean `rules`?"), message);
  }

  @Test
  void refusesAPinThatThePolicyLacks() throws Exception {
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file, Files.readString(file).replace("    policy:", "    service: other\n    policy:"));
    StartException problems = assertThrows(StartException.class, this::start);
    assertTrue(String.valueOf(problems.getMessage()).contains("no service `other`"));
  }

  @Test
  void saysWhichAddressIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Path file = folder.resolve("gat.yaml");
      Files.writeString(
          file,
          Files.readString(file)
              .replace(
                  "http://127.0.0.1:" + healthPort, "http://127.0.0.1:" + taken.getLocalPort()));
      StartException problem = assertThrows(StartException.class, this::start);
      String message = String.valueOf(problem.getMessage());
      assertTrue(message.startsWith("http://127.0.0.1:" + taken.getLocalPort() + ": "), message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void startsAgainOnTheSocketOfAnEarlierRun() throws Exception {
    start().close();
    try (var _ = start();
        GrpcClient client = client()) {
      assertEquals("no_rule", reason(client, "/other", ""));
    }
  }
}
