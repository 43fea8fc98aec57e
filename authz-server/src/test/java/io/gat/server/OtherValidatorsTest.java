package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.EnvoyUnderTest;
import io.gat.envoy.PythonJose;
import io.gat.issue.MintContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Validators that know nothing of gat take its tokens by its key set, and refuse them where gat
 * would: Envoy's {@code jwt_authn} and Python's jwcrypto.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class OtherValidatorsTest {
  private static final String ENVOY =
      """
      # No authorization server here: path: "@AUTHZ_SOCKET@"
      admin:
        address: {socket_address: {address: 127.0.0.1, port_value: @ADMIN_PORT@}}
      static_resources:
        listeners:
          - address: {socket_address: {address: 127.0.0.1, port_value: @LISTEN_PORT@}}
            filter_chains:
              - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: test
                      route_config:
                        virtual_hosts:
                          - {name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: upstream}}]}
                      http_filters:
                        - name: envoy.filters.http.jwt_authn
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
                            providers:
                              gat:
                                issuer: "https://gat.example"
                                audiences: [orders]
                                require_expiration: true
                                local_jwks: {inline_string: '@JWKS@'}
                            rules:
                              - {match: {prefix: /}, requires: {provider_name: gat}}
                        - name: envoy.filters.http.router
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
        clusters:
          - name: upstream
            load_assignment:
              cluster_name: upstream
              endpoints:
                - lb_endpoints:
                    - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: @UPSTREAM_PORT@}}}
      """;

  @TempDir private Path folder = Path.of("");

  /** The same token with another scope in it. */
  private static String tampered(String token) {
    String[] parts = token.split("\\.", -1);
    char[] payload = parts[1].toCharArray();
    payload[payload.length / 2] = payload[payload.length / 2] == 'A' ? 'B' : 'A';
    return parts[0] + "." + new String(payload) + "." + parts[2];
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "EdDSA", "RS256", "PS256", "ES384"})
  void takeWhatTheEndpointMints(String algorithm) throws Exception {
    try (IssuerWorld world = new IssuerWorld(folder, algorithm, IssuerWorld.ISSUER)) {
      String jwks = world.get("/oauth2/jwks").body();
      String good = world.narrowed(world.gat(MintContext.none()), "scope", "orders:read");
      String other = world.gat(IssuerWorld.ISSUER, "stock", "orders:read", MintContext.none());
      byEnvoy(jwks, good, other);
      byPython(jwks, good, other, algorithm);
    }
  }

  private static void byEnvoy(String jwks, String good, String other) throws Exception {
    try (EnvoyUnderTest envoy =
            EnvoyUnderTest.start(
                EnvoyUnderTest.Surroundings.create(),
                new EnvoyTemplate(ENVOY.replace("@JWKS@", jwks)));
        HttpClient http = HttpClient.newHttpClient()) {
      assertEquals(200, status(http, envoy, good));
      assertEquals(401, status(http, envoy, tampered(good)));
      assertEquals(403, status(http, envoy, other));
    }
  }

  private static int status(HttpClient http, EnvoyUnderTest envoy, String token) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + envoy.port() + "/v1/orders"))
                .header("authorization", "Bearer " + token)
                .build(),
            BodyHandlers.ofString())
        .statusCode();
  }

  private static void byPython(String jwks, String good, String other, String algorithm)
      throws Exception {
    ObjectNode asked = new ObjectMapper().createObjectNode();
    asked.put("jwks", jwks).put("algorithm", algorithm);
    List.of(good, tampered(good), other).forEach(asked.putArray("tokens")::add);
    List<String> answers =
        PythonJose.run(
            """
            import json, sys
            from jwcrypto import jwk, jwt
            asked = json.load(sys.stdin)
            keys = jwk.JWKSet.from_json(asked["jwks"])
            for token in asked["tokens"]:
                try:
                    seen = jwt.JWT(jwt=token, key=keys, algs=[asked["algorithm"]], expected_type="JWS",
                                   check_claims={"iss": "https://gat.example", "aud": "orders", "exp": None})
                    print(seen.claims)
                except Exception as e:
                    print("refused", type(e).__name__)
            """,
            asked.toString());
    assertEquals(3, answers.size(), answers::toString);
    JsonNode claims = IssuerWorld.json(answers.getFirst());
    assertEquals("alice", claims.path("sub").asText());
    assertEquals("orders:read", claims.path("scope").asText());
    assertTrue(answers.get(1).startsWith("refused"), answers::toString);
    assertEquals("refused JWTInvalidClaimValue", answers.get(2));
  }
}
