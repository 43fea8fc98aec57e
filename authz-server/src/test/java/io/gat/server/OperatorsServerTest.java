package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gat.FreePort;
import io.gat.admin.OidcProvider;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operators of a real server that is an issuer and nothing else. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class OperatorsServerTest {
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder = Path.of("");
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private int adminPort;
  private int healthPort;

  @AfterEach
  void close() {
    http.close();
  }

  private GatServer start(String more) throws Exception {
    adminPort = FreePort.next();
    healthPort = FreePort.next();
    Path file =
        Files.writeString(
            folder.resolve("gat.yaml"),
            """
            gat:
              roles: [issuer]
              issuer: {url: "%s", listen: "http://127.0.0.1:0", log: {embedded: data/}}
              health: {listen: "http://127.0.0.1:%d"}
              admin:
                listen: "http://127.0.0.1:%d"
            %s
            """
                .formatted(ISSUER, healthPort, adminPort, more));
    GatConfig config =
        switch (ConfigReader.read(file)) {
          case ConfigReader.Result.Read read -> read.config();
          case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    return GatServer.start(config, OutputStream.nullOutputStream());
  }

  private HttpResponse<String> call(String method, String path, String gat, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path));
    if (!gat.isEmpty()) {
      request.header("authorization", "Bearer " + gat);
    }
    if (!body.isEmpty()) {
      request.header("content-type", "application/json");
    }
    return http.send(
        request.method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private String metrics() throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/metrics"))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  private HttpResponse<String> ready() throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/health/ready"))
            .build(),
        BodyHandlers.ofString());
  }

  /** Full: it works on and says so. Failed: it is not ready. */
  @Test
  void tellsHowItsLogIs() throws Exception {
    start("").close();
    String gat = Files.readString(first()).strip();
    Path reserve = folder.resolve("data/log.reserve");
    Files.delete(reserve);
    Path inTheWay = Files.createDirectory(reserve).resolve("file"); // no reserve can be set aside
    Files.createFile(inTheWay);
    try (var _ = start("")) {
      HttpResponse<String> full = ready();
      assertEquals(200, full.statusCode(), full.body());
      assertTrue(full.body().contains("no space: nothing is granted"), full.body());
      Files.delete(inTheWay);
      Files.delete(reserve);
      await(() -> !ready().body().contains("no space"));
      Files.delete(folder.resolve("data/log.db"));
      await(
          () -> {
            call("GET", "/v1/status", gat, ""); // which is audited
            return ready().statusCode() == 503;
          });
      assertTrue(ready().body().contains("replaced or removed"), ready().body());
    }
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.call()) {
      assertTrue(System.nanoTime() - deadline < 0, "did not come about");
      Thread.onSpinWait();
    }
  }

  private Path first() {
    return folder.resolve("data/operator-token");
  }

  @Test
  void makesTheFirstOperatorOnce() throws Exception {
    String gat;
    try (var _ = start("")) {
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(first()));
      gat = Files.readString(first()).strip();
      HttpResponse<String> revoked =
          call(
              "POST",
              "/v1/revocations",
              gat,
              "{\"selector\":\"subject\",\"value\":\"mallory\",\"reason\":\"a test\"}");
      assertEquals(200, revoked.statusCode(), revoked.body());
      assertEquals(401, call("GET", "/v1/audit", "", "").statusCode());
      HttpResponse<String> audit = call("GET", "/v1/audit?limit=1000", gat, "");
      assertEquals(200, audit.statusCode(), audit.body());
      for (String action :
          List.of("operator_bootstrapped", "operator_admitted", "revoked", "operator_refused")) {
        assertTrue(audit.body().contains("\"action\":\"" + action + "\""), action + audit.body());
      }
      assertTrue(audit.body().contains("\"name\":\"bootstrap\""), audit.body());
      assertFalse(audit.body().contains("eyJ"), audit.body());
      String metrics = metrics();
      assertTrue(
          metrics.contains(
              "gat_admin_calls_total{operation=\"POST /v1/revocations\",outcome=\"done\"} 1.0"),
          metrics);
      assertTrue(
          metrics.contains(
              "gat_admin_calls_total{operation=\"GET /v1/audit\",outcome=\"refused\"} 1.0"),
          metrics);
      Files.delete(first());
    }
    try (var _ = start("")) {
      assertFalse(Files.exists(first()));
      // It lives on for its quarter of an hour: the keys are the same.
      assertEquals(200, call("GET", "/v1/revocations", gat, "").statusCode());
    }
  }

  @Test
  void writesTheFirstGatWhereTheConfigurationSays() throws Exception {
    try (var _ = start("    bootstrap-file: secrets/first.gat")) {
      assertFalse(Files.exists(first()));
      assertTrue(Files.exists(folder.resolve("secrets/first.gat")));
    }
  }

  @Test
  void letsPeopleSignIn() throws Exception {
    try (OidcProvider provider = new OidcProvider();
        var _ =
            start(
                """
                    sign-in:
                      issuer: "%s"
                      client-id: %s
                      grants: [{claim: groups, value: sre, scopes: ["gat:revoke"]}]
                """
                    .formatted(provider.issuer(), OidcProvider.CLIENT))) {
      JsonObject begun =
          JsonParser.parseString(call("GET", "/v1/sign-in", "", "").body()).getAsJsonObject();
      String idToken = provider.sign(provider.claims(begun.get("nonce").getAsString()));
      HttpResponse<String> signedIn =
          call("POST", "/v1/sign-in", "", JsonUtil.toJson(Map.of("id_token", idToken)));
      assertEquals(200, signedIn.statusCode(), signedIn.body());
      String gat =
          JsonParser.parseString(signedIn.body()).getAsJsonObject().get("token").getAsString();
      assertEquals(200, call("GET", "/v1/revocations", gat, "").statusCode());
      HttpResponse<String> more = call("GET", "/v1/audit", gat, "");
      assertEquals(403, more.statusCode());
      assertTrue(more.body().contains("insufficient_scope"));
      assertEquals(
          401,
          call("POST", "/v1/sign-in", "", JsonUtil.toJson(Map.of("id_token", idToken)))
              .statusCode());
      String operator = Files.readString(first()).strip();
      String audit = call("GET", "/v1/audit?action=operator_signed_in", operator, "").body();
      assertTrue(audit.contains("oidc:" + provider.issuer() + "#olga"), audit);
      assertTrue(audit.contains("wrong_nonce"), audit);
    }
  }

  @Test
  void saysThatItsCheckpointsDoNotLeave() throws Exception {
    Path notes = Files.createDirectories(folder.resolve("data")).resolve("audit-checkpoints.jsonl");
    Files.setPosixFilePermissions(
        folder.resolve("data"), PosixFilePermissions.fromString("rwx------"));
    Files.writeString(notes, "my notes");
    try (var _ = start("")) {
      HttpResponse<String> ready =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/health/ready"))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(200, ready.statusCode(), ready.body());
      assertTrue(
          ready.body().contains("\"audit\":\"no checkpoint has been exported since"), ready.body());
      assertTrue(metrics().contains("gat_audit_sound 0.0"), metrics());
    }
    assertEquals("my notes", Files.readString(notes));
  }
}
