package io.gat.extauthz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.gat.envoy.EnvoyTemplate;
import io.gat.envoy.TestIdentity;
import io.gat.policy.AccessRequest;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real Envoy tells beside the request itself: who is at either end, the caller's
 * certificate, the TLS session, a part of the body, metadata, and what its configuration says of
 * the route.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvoysContextTest {
  private static final String CALLER = "spiffe://cluster.local/ns/shop/sa/web";
  private static final String CALLED = "spiffe://cluster.local/ns/shop/sa/events";

  private final ContractWorld world = new ContractWorld();
  private final Recorder recorder = new Recorder(world.service());
  private Client client;

  /** A caller with a certificate, before an Envoy that asks for one. */
  private record Client(Gate gate, TestIdentity caller, HttpClient http) {}

  private static final class Recorder extends AuthorizationGrpc.AuthorizationImplBase {
    private final AuthorizationService service;
    private final BlockingDeque<CheckRequest> seen = new LinkedBlockingDeque<>();

    Recorder(AuthorizationService service) {
      this.service = service;
    }

    @Override
    public void check(CheckRequest message, StreamObserver<CheckResponse> caller) {
      seen.add(message);
      service.check(message, caller);
    }
  }

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    TestIdentity caller = TestIdentity.create(folder, CALLER);
    TestIdentity called = TestIdentity.create(folder, CALLED);
    EnvoyTemplate template =
        EnvoyTemplate.shipped()
            .showingMetadata()
            .replacing("        - filters:\n", tls(called, caller) + "          filters:\n")
            .replacing(
                "include_peer_certificate: true",
                """
                include_peer_certificate: true
                                      include_tls_session: true
                                      metadata_context_namespaces: [envoy.filters.http.ext_authz]
                                      with_request_body: {max_request_bytes: 10, allow_partial_message: true, pack_as_bytes: true}\
                """)
            .replacing(
                "                        - match: {prefix: \"/\"}\n",
                route("/open", "{gat.scopes: \"orders:read\"}")
                    + route("/endless", "{gat.scopes: \"orders:admin orders:read\"}")
                    + route("/feed", "{gat.scopes: \"\"}")
                    + route("/long", "{gat.public: \"true\"}")
                    + "                        - match: {prefix: \"/\"}\n");
    this.client =
        new Client(
            Gate.open(template, recorder),
            caller,
            HttpClient.newBuilder().sslContext(caller.towards(called)).build());
  }

  private static String tls(TestIdentity server, TestIdentity trusted) throws Exception {
    return """
                - transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      require_client_certificate: true
                      common_tls_context:
                        tls_certificates:
                          - certificate_chain: {inline_string: %s}
                            private_key: {inline_string: %s}
                        validation_context: {trusted_ca: {inline_string: %s}}
        """
        .formatted(server.certificateLine(), server.keyLine(), trusted.certificateLine());
  }

  private static String route(String path, String extensions) {
    return """
                                - match: {path: "%s"}
                                  route: {cluster: upstream}
                                  typed_per_filter_config:
                                    envoy.filters.http.ext_authz:
                                      "@type": type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
                                      check_settings: {context_extensions: %s}
        """
        .formatted(path, extensions);
  }

  @AfterAll
  void close() throws Exception {
    client.http().shutdownNow();
    client.gate().close();
  }

  @BeforeEach
  void forget() {
    recorder.seen.clear();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + client.gate().port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.http().send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, TokenDraft token) throws Exception {
    return send(request(path).header("authorization", "Bearer " + token.compact()));
  }

  private AccessRequest read() {
    return new CheckRequestMapper().map(recorder.seen.getLast());
  }

  @Test
  void tellsWhoIsAtEitherEnd() throws Exception {
    assertEquals(200, get("/plain", world.token()).statusCode());

    AccessRequest request = read();
    assertEquals(CALLER, request.sourcePrincipal());
    assertEquals(CALLED, request.destinationPrincipal());
    assertEquals("127.0.0.1", request.sourceAddress());
    assertTrue(recorder.seen.getLast().getAttributes().hasTlsSession());
    assertTrue(recorder.seen.getLast().getAttributes().hasMetadataContext());
    assertEquals(Optional.empty(), request.ambiguity());
  }

  @Test
  void boundTokenIsForTheCallersCertificate() throws Exception {
    TokenDraft bound = world.token().claim("cnf", Map.of("x5t#S256", client.caller().thumbprint()));
    TokenDraft stolen = world.token().claim("cnf", Map.of("x5t#S256", "A".repeat(43)));

    assertEquals(200, get("/plain", bound).statusCode());
    HttpResponse<String> refused = get("/plain", stolen);
    assertEquals(401, refused.statusCode());
    assertTrue(refused.body().contains("binding_mismatch"), refused.body());
  }

  /** A body, whole or cut, says nothing to gat: what it decides does not hang on it. */
  @Test
  void bodyIsNotRead() throws Exception {
    HttpResponse<String> refused =
        send(request("/plain").POST(BodyPublishers.ofString("access_token=" + "x".repeat(100))));

    assertEquals(401, refused.statusCode());
    assertTrue(refused.body().contains("no_token"), refused.body());
    assertEquals(
        10, recorder.seen.getLast().getAttributes().getRequest().getHttp().getRawBody().size());
    assertEquals(List.of("true"), read().header("x-envoy-auth-partial-body"));
    assertEquals(Optional.empty(), read().ambiguity());
  }

  @Test
  void addedScopeClosesAPublicRule() throws Exception {
    HttpResponse<String> without = send(request("/open"));
    assertEquals(401, without.statusCode());
    assertTrue(without.body().contains("no_token"), without.body());

    HttpResponse<String> little = get("/open", world.token().claim("scope", "other"));
    assertEquals(403, little.statusCode());
    assertTrue(little.body().contains("insufficient_scope"), little.body());

    HttpResponse<String> enough = get("/open", world.token());
    assertEquals(200, enough.statusCode());
    assertTrue(enough.body().contains("x-gat-subject: "), enough.body());
    assertFalse(enough.body().contains("Bearer"), enough.body());
  }

  @Test
  void addedScopesAreAskedForBesideTheRules() throws Exception {
    HttpResponse<String> refused = get("/endless", world.token());

    assertEquals(403, refused.statusCode());
    assertEquals(
        "Bearer realm=\"events\", error=\"insufficient_scope\", scope=\"orders:read orders:admin\"",
        refused.headers().firstValue("www-authenticate").orElse(""));
    assertEquals(
        200,
        get("/endless", world.token().claim("scope", "orders:read orders:admin")).statusCode());
  }

  @Test
  void whatCannotBeReadIsRefusedNotIgnored() throws Exception {
    for (String path : List.of("/feed", "/long")) {
      HttpResponse<String> refused = get(path, world.token());

      assertEquals(400, refused.statusCode(), path);
      assertTrue(refused.body().contains("ambiguous_request"), refused.body());
    }
  }
}
