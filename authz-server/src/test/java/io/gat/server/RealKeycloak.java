package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.issue.caller.Callers;
import io.gat.issue.caller.Proof;
import io.gat.issue.caller.Secret;
import io.gat.issue.caller.Shown;
import io.gat.json.StrictJson;
import io.gat.keys.CryptoProvider;
import java.io.IOException;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens of a real Keycloak. Only the profile {@code keycloak} runs this; it unpacks Keycloak's
 * distribution, which {@code gat.keycloak} names.
 */
@Timeout(600)
final class RealKeycloak {
  private static final String OWN = "https://gat.example";
  private static final Path HOME =
      Path.of(
          Objects.requireNonNull(
              System.getProperty("gat.keycloak"), "gat.keycloak names no Keycloak"));

  @TempDir private static Path folder;
  private static Process keycloak;
  private static String base;
  private static String administrator;

  @BeforeAll
  static void start() throws Exception {
    int port = FreePort.next();
    int management = FreePort.next();
    base = "http://127.0.0.1:" + port;
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh",
                HOME.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--http-host=127.0.0.1",
                "--http-port=" + port,
                "--http-management-port=" + management)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keycloak.log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xmx512m");
    builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", "admin");
    builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", "admin");
    keycloak = builder.start();
    while (!answers()) {
      assertTrue(keycloak.isAlive(), () -> log());
      Thread.sleep(500);
    }
    administrator =
        access(
            "master",
            Map.of(
                "grant_type", "password",
                "client_id", "admin-cli",
                "username", "admin",
                "password", "admin"));
    admin("", "{\"realm\":\"shop\",\"enabled\":true}");
    for (String client : new String[] {"deployer", "somebody"}) {
      admin(
          "/shop/clients",
          """
          {"clientId": "%s", "secret": "s3cret", "publicClient": false,
           "serviceAccountsEnabled": true, "standardFlowEnabled": false,
           "protocolMappers": [{"name": "gat", "protocol": "openid-connect",
             "protocolMapper": "oidc-audience-mapper",
             "config": {"included.custom.audience": "%s", "access.token.claim": "true"}}]}
          """
              .formatted(client, OWN));
    }
  }

  private static String log() {
    try {
      return Files.readString(folder.resolve("keycloak.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    keycloak.descendants().forEach(ProcessHandle::destroy);
    keycloak.destroy();
    if (!keycloak.waitFor(20, TimeUnit.SECONDS)) {
      keycloak.descendants().forEach(ProcessHandle::destroyForcibly);
      keycloak.destroyForcibly();
    }
  }

  private static boolean answers() {
    try {
      return send(HttpRequest.newBuilder(URI.create(base + "/realms/master"))).statusCode() == 200;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static void admin(String path, String body) throws Exception {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(base + "/admin/realms" + path))
                .header("authorization", "Bearer " + administrator)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    assertEquals(201, answer.statusCode(), answer.body());
  }

  private static String access(String realm, Map<String, String> form) throws Exception {
    String body =
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(
                    URI.create(base + "/realms/" + realm + "/protocol/openid-connect/token"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
    assertEquals(200, answer.statusCode(), answer.body());
    return String.valueOf(StrictJson.object(answer.body()).get("access_token"));
  }

  private static String accessOf(String client) throws Exception {
    return access(
        "shop",
        Map.of("grant_type", "client_credentials", "client_id", client, "client_secret", "s3cret"));
  }

  private static Callers callers(String audiences) throws Exception {
    ConfigReader.Result result =
        ConfigReader.parse(
            folder.resolve("gat.yaml"),
            """
            gat:
              roles: [issuer]
              issuer:
                url: "%s"
                log: {embedded: data/}
                callers:
                  - kind: oidc
                    name: keycloak
                    issuer: "%s/realms/shop"
                    audience: "%s"
                    multiple-audiences: %s
                    allow-private: ["127.0.0.1"]
                    trust:
                      - claims: {azp: deployer, realm_access.roles: default-roles-shop}
            """
                .formatted(OWN, base, OWN, audiences),
            Map.of());
    return ConfiguredCallers.open(
        assertInstanceOf(ConfigReader.Result.Read.class, result, result.toString())
            .config()
            .issuer()
            .orElseThrow(),
        CryptoProvider.best(),
        InstantSource.system());
  }

  private static Proof prove(Callers callers, String token) {
    return callers.identify(new Shown.Assertion("", "", new Secret(token)), Instant.now());
  }

  @Test
  void aServiceAccountProvesItselfByDiscovery() throws Exception {
    try (Callers callers = callers("true")) {
      Proof proof = prove(callers, accessOf("deployer"));
      String principal =
          assertInstanceOf(Proof.Proved.class, proof, proof.toString()).caller().principal();
      assertTrue(principal.matches("oidc:" + base + "/realms/shop#[0-9a-f-]{36}"), principal);
      assertEquals(new Proof.Refused("untrusted_subject"), prove(callers, accessOf("somebody")));
      assertEquals(new Proof.Refused("unknown_credential"), prove(callers, administrator));
    }
  }

  /** Keycloak names its own account service as well, unless somebody tells it not to. */
  @Test
  void aTokenForOthersTooIsRefusedUnlessThatIsSaid() throws Exception {
    try (Callers callers = callers("false")) {
      assertEquals(new Proof.Refused("wrong_audience"), prove(callers, accessOf("deployer")));
    }
  }
}
