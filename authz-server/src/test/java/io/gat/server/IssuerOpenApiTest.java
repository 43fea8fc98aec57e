package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.gat.http.OpenApi;
import io.gat.issue.MintContext;
import io.gat.issue.grant.GrantWorld;
import io.gat.issue.grant.ServerMetadata;
import io.helidon.webserver.http.HttpRouting;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The description of the issuer's own port against its routes, and against a real server. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class IssuerOpenApiTest {
  @TempDir private Path folder = Path.of("");
  private final GrantWorld grants = new GrantWorld();
  private final OpenApi described = new OpenApi("issuer-openapi.yaml");

  @AfterEach
  void close() {
    grants.close();
  }

  /** Method and path of all that an issuer with this identifier serves. */
  private Set<String> registered(String issuer) {
    List<Consumer<HttpRouting.Builder>> routes =
        IssuerEndpoints.routes(
            new ServerMetadata(issuer),
            grants.endpoint,
            grants.introspection,
            (token, id, trace) -> true,
            () -> "{}",
            Duration.ofMinutes(1));
    Set<String> operations = new TreeSet<>();
    HttpRouting.Builder notes =
        (HttpRouting.Builder)
            Proxy.newProxyInstance(
                HttpRouting.Builder.class.getClassLoader(),
                new Class<?>[] {HttpRouting.Builder.class},
                (proxy, method, arguments) -> {
                  if (arguments[0] instanceof String path) {
                    operations.add(method.getName().toUpperCase(Locale.ROOT) + " " + path);
                    return proxy;
                  }
                  throw new AssertionError("not described: " + method);
                });
    routes.forEach(route -> route.accept(notes));
    return operations;
  }

  @Test
  void describesWhatIsServedAndNothingElse() {
    assertEquals(described.operations().keySet(), registered("https://gat.example"));
  }

  @Test
  void servesTheSameUnderAnIssuersPath() {
    Set<String> expected = new TreeSet<>();
    for (String operation : described.operations().keySet()) {
      if (operation.contains("/.well-known/")) {
        expected.add(operation + "/tenants/a");
      } else {
        expected.add(operation);
      }
      if (operation.contains("/oauth2/")) {
        expected.add(operation.replace("/oauth2/", "/tenants/a/oauth2/"));
      }
    }
    assertEquals(expected, registered("https://gat.example/tenants/a"));
  }

  @Test
  void answersAsItIsDescribed() throws Exception {
    try (IssuerWorld world = new IssuerWorld(folder, "ES256", IssuerWorld.ISSUER)) {
      String gat = world.gat(MintContext.none());
      HttpResponse<String> token = world.post("/oauth2/token", IssuerWorld.narrowing(gat));
      assertEquals(200, token.statusCode(), token.body());
      assertEquals("no-store", token.headers().firstValue("cache-control").orElse(""));
      assertSound("Token", token.body());
      for (String bad : List.of("", "grant_type=password", "grant_type=client_credentials")) {
        assertSound("Error", world.post("/oauth2/token", bad).body());
      }
      assertSound("Error", world.post("/oauth2/introspect", GrantWorld.form("token", gat)).body());
      HttpResponse<String> keys = world.get("/oauth2/jwks");
      assertSound("KeySet", keys.body());
      assertTrue(keys.headers().firstValue("etag").isPresent());
      assertTrue(
          keys.headers().firstValue("cache-control").orElse("").startsWith("public, max-age="));
      HttpResponse<String> metadata = world.get("/.well-known/oauth-authorization-server");
      assertSound("Metadata", metadata.body());
      JsonNode json = IssuerWorld.json(metadata.body());
      assertEquals(IssuerWorld.ISSUER, json.path("issuer").asText());
      assertEquals(IssuerWorld.ISSUER + "/oauth2/token", json.path("token_endpoint").asText());
      assertEquals(400, world.post("/oauth2/revoke", "x=y").statusCode());
      assertSound("PlainError", world.post("/oauth2/revoke", "x=y").body());
      assertEquals(200, world.post("/oauth2/revoke", GrantWorld.form("token", gat)).statusCode());
      HttpResponse<String> description = world.get("/openapi.yaml");
      assertEquals("application/yaml", description.headers().firstValue("content-type").orElse(""));
      assertTrue(description.body().startsWith("openapi: 3.1"));
    }
  }

  /** An issuer with a path is found by RFC 8414, and asked where its metadata says. */
  @Test
  void isFoundUnderItsPath() throws Exception {
    String issuer = "https://gat.example/tenants/a";
    try (IssuerWorld world = new IssuerWorld(folder, "ES256", issuer)) {
      JsonNode json =
          IssuerWorld.json(world.get("/.well-known/oauth-authorization-server/tenants/a").body());
      assertEquals(issuer, json.path("issuer").asText());
      assertEquals(404, world.get("/.well-known/oauth-authorization-server").statusCode());
      String gat = world.gat(issuer, "orders", "orders:read", MintContext.none());
      for (String path :
          List.of(
              json.path("token_endpoint").asText().substring("https://gat.example".length()),
              "/oauth2/token")) {
        assertEquals(200, world.post(path, IssuerWorld.narrowing(gat)).statusCode(), path);
      }
      assertSound("KeySet", world.get("/tenants/a/oauth2/jwks").body());
    }
  }

  private void assertSound(String schema, String json) {
    assertEquals(List.of(), described.errors(schema, json), json);
  }

  @Test
  void refusesWhatIsNoAnswer() {
    assertFalse(described.errors("Token", "{\"access_token\":\"a\"}").isEmpty());
    assertFalse(
        described
            .errors(
                "Error",
                "{\"error\":\"x\",\"error_description\":\"\",\"reason\":\"a\",\"request_id\":\"r\"}")
            .isEmpty());
    assertFalse(
        described
            .errors(
                "KeySet",
                "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"k\",\"alg\":\"ES256\",\"d\":\"x\"}]}")
            .isEmpty());
  }
}
