package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.EnvoyUnderTest;
import io.gat.issue.caller.Signer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scenario of a CI job: it shows the token of its CI, gets a gat for one deployment, and uses
 * it through a real Envoy.
 */
@Timeout(180)
final class CiJobTest {
  private static final String OWN = "https://gat.example";
  private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  private static final Signer CI = new Signer("ci-1");

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  /** A pretend CI: discovery and keys, as a provider has them. */
  private static HttpServer ci() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    Map<String, String> documents =
        Map.of(
            "/.well-known/openid-configuration",
            "{\"issuer\":\"" + url + "\",\"jwks_uri\":\"" + url + "/keys\"}",
            "/keys",
            CI.jwks("sig"));
    documents.forEach(
        (path, body) ->
            server.createContext(
                path,
                exchange -> {
                  byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                  exchange.sendResponseHeaders(200, bytes.length);
                  exchange.getResponseBody().write(bytes);
                  exchange.close();
                }));
    server.start();
    return server;
  }

  private GatServer gat(Path socket, int issuerPort, String ci) throws IOException, StartException {
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        version: gat/v1
        service: deployments
        hosts: [127.0.0.1]
        audience: deployments
        rules:
          - {name: deploy-shop, methods: [POST], paths: ["/v1/shop/releases"], scopes: ["deploy:shop"], max-age: 60s}
          - {name: deploy-bank, methods: [POST], paths: ["/v1/bank/releases"], scopes: ["deploy:bank"], max-age: 60s}
        """);
    Files.writeString(
        folder.resolve("issuance.yaml"),
        """
        version: gat/v1
        issuance: ci
        rules:
          - name: main-deploys-shop
            principals: ["oidc:%s#repo:acme/shop:ref:refs/heads/main"]
            audiences: [deployments]
            scopes: ["deploy:shop"]
            max-ttl: 60s
        """
            .formatted(ci));
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "unix://%s"
            policy: policy.yaml
            trust:
              - issuer: "%s"
                algorithms: [ES256]
                keys: {feed: "tcp://127.0.0.1:9193"}
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            issuance: issuance.yaml
            log: {embedded: data/}
            callers:
              - kind: oidc
                name: ci
                issuer: "%s"
                audience: "%s"
                allow-private: ["127.0.0.1"]
                trust:
                  - subject: "repo:acme/shop:ref:refs/heads/*"
                    claims: {repository_owner_id: "1234567"}
          health: {listen: "http://127.0.0.1:0"}
          admin: {listen: "http://127.0.0.1:0"}
        """
            .formatted(socket, OWN, OWN, issuerPort, ci, OWN));
    GatConfig config =
        switch (ConfigReader.read(file)) {
          case ConfigReader.Result.Read read -> read.config();
          case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    return GatServer.start(config, OutputStream.nullOutputStream());
  }

  /** What the CI gives to a job of this branch. */
  private static String job(String ci, String branch) {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", ci);
    claims.put("sub", "repo:acme/shop:ref:refs/heads/" + branch);
    claims.put("aud", OWN);
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("repository", "acme/shop");
    claims.put("repository_owner_id", "1234567");
    claims.put("actor", "octocat");
    claims.put("iat", now);
    claims.put("exp", now + 300);
    return CI.sign(claims);
  }

  /** What the token endpoint answers. */
  private JsonNode ask(int port, String assertion, String scope) throws Exception {
    Map<String, String> form =
        Map.of(
            "grant_type", JWT_BEARER,
            "assertion", assertion,
            "audience", "deployments",
            "scope", scope);
    StringBuilder body = new StringBuilder();
    form.forEach(
        (name, value) ->
            body.append(body.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/oauth2/token"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body.toString()))
                .build(),
            BodyHandlers.ofString());
    return new ObjectMapper().readTree(answer.body());
  }

  private HttpResponse<String> release(int envoy, String application, String token)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + envoy + "/v1/" + application + "/releases"))
            .header("authorization", "Bearer " + token)
            .POST(BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void deploysWhatItMayAndNothingElse() throws Exception {
    HttpServer provider = ci();
    String ci = "http://127.0.0.1:" + provider.getAddress().getPort();
    int issuer = FreePort.next();
    EnvoyUnderTest.Surroundings surroundings = EnvoyUnderTest.Surroundings.create();
    try (GatServer _ = gat(surroundings.authorization(), issuer, ci);
        EnvoyUnderTest envoy =
            EnvoyUnderTest.start(surroundings, EnvoyTemplate.shipped().patient())) {
      String job = job(ci, "main");

      JsonNode granted = ask(issuer, job, "deploy:shop");
      assertEquals("deploy:shop", granted.path("scope").asText(), granted::toString);
      assertTrue(granted.path("expires_in").asLong() <= 60, granted::toString);
      String token = granted.path("access_token").asText();
      assertFalse(token.isEmpty());

      assertEquals(200, release(envoy.port(), "shop", token).statusCode());
      assertEquals(403, release(envoy.port(), "bank", token).statusCode());
      // The CI's own token is nothing to a service.
      assertEquals(401, release(envoy.port(), "shop", job).statusCode());

      assertEquals(
          "invalid_scope", ask(issuer, job(ci, "main"), "deploy:bank").path("error").asText());
      JsonNode branch = ask(issuer, job(ci, "feature"), "deploy:shop");
      assertFalse(branch.has("access_token"), branch::toString);
      JsonNode nested = ask(issuer, job(ci, "main/evil"), "deploy:shop");
      assertEquals("invalid_grant", nested.path("error").asText(), nested::toString);
    } finally {
      provider.stop(0);
    }
  }
}
