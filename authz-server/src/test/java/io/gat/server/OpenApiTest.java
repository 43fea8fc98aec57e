package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.gat.FreePort;
import io.gat.admin.OperatorPolicies;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.http.OpenApi;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The description of the admin API against the rules of {@code operators.yaml} and against a real
 * server. Who adds an operation adds it in three places: its handler to the server, its rule to
 * {@code operators.yaml}, its description to {@code admin-openapi.yaml}; each failure here says
 * which of them is missing.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class OpenApiTest {
  private static final String ISSUER = "https://gat.example";

  /** Operations that take no operator's gat; signing in is there only where it is configured. */
  private static final Set<String> OPEN =
      Set.of("GET /openapi.yaml", "GET /v1/sign-in", "POST /v1/sign-in");

  /**
   * Described operations whose handlers the server does not register yet. An operation that is
   * served must not stand here, and one that is not served must.
   */
  private static final Set<String> NOT_SERVED_YET = Set.of();

  @TempDir private Path folder = Path.of("");
  private final OpenApi described = new OpenApi();
  private final HttpClient http = HttpClient.newHttpClient();
  private int adminPort;

  private GatServer start() throws Exception {
    adminPort = FreePort.next();
    Files.createDirectory(folder.resolve("policy"));
    Files.writeString(
        folder.resolve("policy/orders.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules: [{name: health, paths: ["/healthz"], public: true}]
        """);
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
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
          issuer: {url: "%s", listen: "http://127.0.0.1:0", log: {embedded: data/}}
          health: {listen: "http://127.0.0.1:0"}
          admin: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(folder.resolve("a.sock"), ISSUER, ISSUER, adminPort));
    GatConfig config =
        switch (ConfigReader.read(file)) {
          case ConfigReader.Result.Read read -> read.config();
          case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    return GatServer.start(config, OutputStream.nullOutputStream());
  }

  private HttpResponse<String> call(String operation, String gat, String body) throws Exception {
    String[] parts = operation.split(" ", -1);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + adminPort + parts[1].replaceAll("\\{[^}]*}", "x")));
    if (!gat.isEmpty()) {
      request.header("authorization", "Bearer " + gat);
    }
    if (!body.isEmpty()) {
      request.header("content-type", "application/json");
    }
    return http.send(
        request.method(parts[0], BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private String gat(String scope) {
    return new Minter(ISSUER, IssuersKey.in(folder.resolve("data")), InstantSource.system())
        .mint(
            new MintRequest(
                "gat-admin", List.of(scope), "olga", "cli", Duration.ofMinutes(5), "", Map.of()),
            Jitter.NONE,
            "somebody")
        .compact();
  }

  /** Every rule is described with its scopes, and every description has its rule. */
  @Test
  void saysTheSameAsTheRules() {
    Map<String, Set<String>> guarded = new TreeMap<>(described.operations());
    guarded.keySet().removeAll(OPEN);
    assertEquals(
        OperatorPolicies.scopes(),
        guarded,
        "operators.yaml (expected) and admin-openapi.yaml differ: add what is missing, with the"
            + " rule's scopes as security: [{operator: [scope]}]");
    for (String open : OPEN) {
      assertEquals(Set.of(), described.operations().get(open), open);
    }
  }

  /** A server has each operation but those that no part registers yet. */
  @Test
  void describesWhatAServerHas() throws Exception {
    try (var _ = start()) {
      Set<String> absent = new TreeSet<>();
      for (String operation : described.operations().keySet()) {
        int status = call(operation, "", "").statusCode();
        if (status == 404 || status == 405) {
          absent.add(operation);
        } else {
          assertEquals(OPEN.contains(operation) ? 200 : 401, status, operation);
        }
      }
      Set<String> expected = new TreeSet<>(NOT_SERVED_YET);
      expected.add("GET /v1/sign-in");
      expected.add("POST /v1/sign-in");
      assertEquals(
          expected,
          absent,
          "served and described differ: register the handler of what is missing in the server, or"
              + " take what is served now out of NOT_SERVED_YET");
    }
  }

  /** Errors and answers of a real server are as the schemas say. */
  @Test
  void answersAsItIsDescribed() throws Exception {
    try (var _ = start()) {
      for (Map.Entry<String, Set<String>> one : described.operations().entrySet()) {
        String operation = one.getKey();
        if (one.getValue().isEmpty()) {
          continue;
        }
        for (String gat : List.of("", "nonsense", gat("gat:none"))) {
          HttpResponse<String> refused = call(operation, gat, "");
          assertEquals(List.of(), described.errors("Error", refused.body()), refused.body());
        }
        HttpResponse<String> answer =
            call(
                operation,
                gat(one.getValue().iterator().next()),
                EXAMPLES.getOrDefault(operation, ""));
        String schema = answer.statusCode() == 200 ? described.answer(operation) : "Error";
        assertEquals(
            List.of(),
            described.errors(schema, answer.body()),
            operation + " answers " + answer.statusCode() + " " + answer.body());
        if (EXAMPLES.containsKey(operation) || operation.startsWith("GET ")) {
          assertEquals(200, answer.statusCode(), operation + ": " + answer.body());
        }
      }
    }
  }

  /** Bodies that must be done; each is as the request's schema says, too. */
  private static final Map<String, String> EXAMPLES =
      Map.of(
          "POST /v1/explain",
          "{\"check\":{\"attributes\":{\"request\":{\"http\":{\"method\":\"GET\",\"path\":\"/healthz\",\"host\":\"orders.example\"}}}}}",
          "POST /v1/keys/rotate",
          "{\"now\":true}",
          "PUT /v1/keys/canary",
          "{\"algorithm\":\"EdDSA\",\"percent\":5}",
          "POST /v1/revocations",
          "{\"selector\":\"subject\",\"value\":\"mallory\",\"reason\":\"a test\",\"block\":true}",
          "POST /v1/revocations/dry-run",
          "{\"selector\":\"everything\"}",
          "POST /v1/tokens",
          "{\"audience\":\"orders\",\"scope\":\"a b\",\"subject\":\"s\",\"client\":\"c\",\"ttl_seconds\":30}");

  @Test
  void takesWhatItDescribes() {
    EXAMPLES.forEach(
        (operation, body) -> {
          String[] parts = operation.split(" ", -1);
          String schema =
              described
                  .document()
                  .path("paths")
                  .path(parts[1])
                  .path(parts[0].toLowerCase(java.util.Locale.ROOT))
                  .at("/requestBody/content/application~1json/schema/$ref")
                  .asText()
                  .replace("#/components/schemas/", "");
          assertEquals(List.of(), described.errors(schema, body), operation);
          assertFalse(described.errors(schema, "{\"made-up\":1}").isEmpty(), operation);
        });
  }

  /** A schema that refuses nothing would prove nothing. */
  @Test
  void refusesWhatIsNoError() {
    assertFalse(described.errors("Error", "{}").isEmpty());
    assertFalse(described.errors("Error", "{\"error\":\"a\",\"reason\":\"b\",\"x\":1}").isEmpty());
    assertFalse(described.errors("Explanation", "{\"decision\":\"yes\",\"steps\":[]}").isEmpty());
  }

  @Test
  void isSoundOpenApi() {
    JsonNode document = described.document();
    assertTrue(document.path("openapi").asText().startsWith("3.1."));
    Set<String> ids = new HashSet<>();
    document
        .findValues("operationId")
        .forEach(id -> assertTrue(ids.add(id.asText()), id + " twice"));
    assertEquals(described.operations().size(), ids.size(), "every operation has an operationId");
    document
        .findValues("$ref")
        .forEach(
            ref ->
                assertFalse(
                    document.at(ref.asText().substring(1)).isMissingNode(),
                    ref + " leads nowhere"));
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, b -> {});
    document
        .at("/components/schemas")
        .properties()
        .forEach(
            schema ->
                assertEquals(
                    List.of(),
                    registry
                        .getSchema(
                            SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()))
                        .validate(schema.getValue()),
                    schema.getKey()));
    document
        .path("paths")
        .properties()
        .forEach(
            path -> {
              for (String part : path.getKey().split("/", -1)) {
                if (part.startsWith("{")) {
                  assertTrue(
                      path.getValue()
                          .at("/parameters")
                          .findValuesAsText("name")
                          .contains(part.substring(1, part.length() - 1)),
                      path.getKey() + " does not describe " + part);
                }
              }
            });
  }

  /** The rules' names are the descriptions' {@code operationId}s. */
  @Test
  void namesOperationsAsTheRulesDo() {
    Map<String, String> names = OperatorPolicies.names();
    names.forEach(
        (operation, name) -> {
          String[] parts = operation.split(" ", -1);
          assertEquals(
              name,
              described
                  .document()
                  .path("paths")
                  .path(parts[1])
                  .path(parts[0].toLowerCase(java.util.Locale.ROOT))
                  .path("operationId")
                  .asText(),
              operation);
        });
  }
}
