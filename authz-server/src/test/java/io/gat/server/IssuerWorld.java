package io.gat.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.Jitter;
import io.gat.issue.MintContext;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.issue.grant.Grant;
import io.gat.issue.grant.GrantWorld;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A whole server, authz and issuer, and those who ask it. */
final class IssuerWorld implements AutoCloseable {
  static final String ISSUER = "https://gat.example";
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

  private final Path folder;
  private final int issuerPort = FreePort.next();
  private final int adminPort = FreePort.next();
  private final HttpClient http = HttpClient.newHttpClient();
  private final GatServer server;
  private final GrpcClient authz;

  /**
   * Starts.
   *
   * @param folder empty; its path is short enough for a socket
   * @param algorithm of its keys
   * @param issuer its identifier
   */
  IssuerWorld(Path folder, String algorithm, String issuer) throws IOException, StartException {
    this.folder = folder;
    Files.createDirectory(folder.resolve("policy"));
    Files.writeString(
        folder.resolve("policy/orders.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: ["orders:read"]}
          - {name: fresh, methods: [GET], paths: ["/v1/fresh"], scopes: ["orders:read"], max-age: 60s}
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
                algorithms: [%s]
                keys: {feed: "tcp://127.0.0.1:9193"}
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            keys: {algorithm: %s}
            log: {embedded: data/}
          health: {listen: "http://127.0.0.1:0"}
          admin: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(
                folder.resolve("a.sock"),
                issuer,
                algorithm,
                issuer,
                issuerPort,
                algorithm,
                adminPort));
    GatConfig config =
        switch (ConfigReader.read(file)) {
          case ConfigReader.Result.Read read -> read.config();
          case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    this.server = GatServer.start(config, OutputStream.nullOutputStream());
    this.authz = new GrpcClient(UnixDomainSocketAddress.of(folder.resolve("a.sock")));
  }

  /** A gat that the issuer's key has signed, and that nobody has recorded. */
  String gat(MintContext context) {
    return gat(ISSUER, "orders", "orders:read orders:write", context);
  }

  String gat(String issuer, String audience, String scopes, MintContext context) {
    return new Minter(issuer, IssuersKey.in(folder.resolve("data")), InstantSource.system())
        .mint(
            new MintRequest(
                audience,
                List.of(scopes.split(" ", -1)),
                "alice",
                "web",
                Duration.ofMinutes(10),
                "",
                Map.of(),
                context),
            Jitter.NONE,
            "somebody")
        .compact();
  }

  /** What the issuer answers to a form. */
  HttpResponse<String> post(String path, String form) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + issuerPort + path))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + issuerPort + path)).build(),
        BodyHandlers.ofString());
  }

  /** The form that cuts a gat down. */
  static String narrowing(String gat, String... more) {
    List<String> parts =
        new ArrayList<>(
            List.of(
                "grant_type",
                Grant.TOKEN_EXCHANGE.type(),
                "subject_token",
                gat,
                "subject_token_type",
                ACCESS_TOKEN));
    parts.addAll(List.of(more));
    return GrantWorld.form(parts.toArray(String[]::new));
  }

  /** A narrower gat, by the endpoint. */
  String narrowed(String gat, String... more) throws Exception {
    HttpResponse<String> answer = post("/oauth2/token", narrowing(gat, more));
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
    return json(answer.body()).path("access_token").asText();
  }

  static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  /** Calls the admin API as an operator who may do everything. */
  HttpResponse<String> admin(String method, String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
            .header("content-type", "application/json")
            .header(
                "authorization",
                "Bearer "
                    + gat(ISSUER, "gat-admin", "gat:revoke gat:keys gat:audit", MintContext.none()))
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /** Why a call with this token is allowed or not. */
  String reason(String path, String token) {
    return AuthorizationGrpc.newBlockingStub(authz.channel())
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
                .build())
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  int issuerPort() {
    return issuerPort;
  }

  @Override
  public void close() {
    authz.close();
    server.close();
    http.close();
  }
}
