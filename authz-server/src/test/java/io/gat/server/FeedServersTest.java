package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.config.TlsConfig;
import io.gat.envoy.TestIdentity;
import io.gat.feed.StreamLoss;
import io.gat.feed.v1.AuthzHello;
import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An issuer and an authz server that only the feed joins. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class FeedServersTest {
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder = Path.of("");
  private final HttpClient http = HttpClient.newHttpClient();
  private int feedPort;
  private int issuerPort;
  private int healthPort;
  private int issuerHealthPort;

  @BeforeEach
  void files() throws IOException {
    feedPort = FreePort.next();
    issuerPort = FreePort.next();
    healthPort = FreePort.next();
    issuerHealthPort = FreePort.next();
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: read, methods: [GET], paths: ["/v1/orders"], scopes: ["orders:read"]}
        """);
  }

  private GatConfig config(String text) {
    return switch (ConfigReader.parse(folder.resolve("gat.yaml"), text, Map.of())) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private GatServer issuer(String tls) throws StartException {
    return GatServer.start(
        config(
            """
            gat:
              roles: [issuer]
              issuer:
                url: "%s"
                listen: "http://127.0.0.1:%d"
                log: {embedded: data/}
                feed: {listen: "tcp://127.0.0.1:%d"%s}
              health: {listen: "http://127.0.0.1:%d"}
              admin: {listen: "http://127.0.0.1:0"}
            """
                .formatted(ISSUER, issuerPort, feedPort, tls, issuerHealthPort)),
        OutputStream.nullOutputStream());
  }

  private GatServer authz(String tls) throws StartException {
    return GatServer.start(
        config(
            """
            gat:
              roles: [authz]
              authz:
                listen: "unix://%s"
                policy: policy.yaml
                trust:
                  - issuer: "%s"
                    algorithms: [ES256]
                    keys: {feed: ["tcp://127.0.0.1:%d"]%s}
                freshness: {max-staleness: 2s}
              health: {listen: "http://127.0.0.1:%d"}
              admin: {listen: "http://127.0.0.1:0"}
            """
                .formatted(socket(), ISSUER, feedPort, tls, healthPort)),
        OutputStream.nullOutputStream());
  }

  private Path socket() {
    return folder.resolve("a.sock");
  }

  private String token() {
    return new Minter(ISSUER, IssuersKey.in(folder.resolve("data")), InstantSource.system())
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
            "")
        .compact();
  }

  private static String reason(GrpcClient client, String token) {
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
                                        .setPath("/v1/orders")
                                        .putHeaders("authorization", "Bearer " + token))))
                .build())
        .getDynamicMetadata()
        .getFieldsOrThrow("gat")
        .getStructValue()
        .getFieldsOrThrow("reason")
        .getStringValue();
  }

  /** Asks until that is the answer; the class's time-out ends a wait that is in vain. */
  private static void await(GrpcClient client, String token, String reason) {
    while (!reason(client, token).equals(reason)) {
      Thread.onSpinWait();
    }
  }

  private void revoke(String token) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + issuerPort + "/oauth2/revoke"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("token=" + token))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
  }

  private String metrics() throws Exception {
    return metrics(healthPort);
  }

  private String metrics(int port) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void refusesWhatTheIssuerHasRevokedAndEverythingOnceItIsGoneForTooLong() throws Exception {
    GatServer issuer = issuer("");
    try (var _ = authz("");
        GrpcClient client = new GrpcClient(UnixDomainSocketAddress.of(socket()))) {
      String leaked = token();
      String other = token();
      assertEquals("ok", reason(client, leaked));
      assertEquals("ok", reason(client, other));
      assertTrue(metrics().contains("gat_lease_remaining_seconds"), "the lease has a metric");

      revoke(leaked);
      long acknowledged = System.nanoTime();
      Duration promise = Duration.ofSeconds(2);
      while (true) {
        long arrived = System.nanoTime();
        String reason = reason(client, leaked);
        if (!reason.equals("ok")) {
          assertEquals("revoked", reason);
          break;
        }
        assertTrue(arrived - acknowledged <= promise.toNanos(), "allowed after the promise");
      }
      assertEquals("ok", reason(client, other));

      issuer.close();
      await(client, other, "revocation_stale");
      issuer = issuer("");
      await(client, other, "ok");
      assertEquals("revoked", reason(client, leaked));
    } finally {
      issuer.close();
    }
  }

  @Test
  void joinsThemByCertificatesOfBothSidesOnly() throws Exception {
    identity("issuer");
    identity("authz");
    identity("stranger");
    try (var _ =
        issuer(", tls: {certificate: issuer.crt, key: issuer.key, client-ca: authz.crt}")) {
      try (var _ = authz(", tls: {certificate: authz.crt, key: authz.key, ca: issuer.crt}");
          GrpcClient client = new GrpcClient(UnixDomainSocketAddress.of(socket()))) {
        String token = token();
        assertEquals("ok", reason(client, token));
        revoke(token);
        await(client, token, "revoked");
      }
      assertEquals(Status.Code.OK, follow(identity("authz", "issuer")));
      assertNotEquals(Status.Code.OK, follow(identity("stranger", "issuer")));
      assertNotEquals(Status.Code.OK, follow(identity("authz", "stranger")));
      assertNotEquals(Status.Code.OK, follow(InsecureChannelCredentials.create()));
    }
  }

  private static Metadata bearer(String shown) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), shown);
    return headers;
  }

  private Path secret(String name, String content, String mode) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void onLoopbackABearerTellsWhoMayFollow() throws Exception {
    secret("bearer", "correct-horse-battery\n", "rw-------");
    secret("other", "correct-horse-batterx\n", "rw-------");
    try (var _ = issuer(", bearer-file: bearer")) {
      try (var _ = authz(", bearer-file: bearer");
          GrpcClient client = new GrpcClient(UnixDomainSocketAddress.of(socket()))) {
        String token = token();
        assertEquals("ok", reason(client, token));
        revoke(token);
        await(client, token, "revoked");
      }
      ChannelCredentials plain = InsecureChannelCredentials.create();
      assertEquals(Status.Code.UNAUTHENTICATED, follow(plain));
      for (String shown :
          List.of(
              "Bearer correct-horse-batterx",
              "Bearer correct-horse-batter",
              "Bearer correct-horse-battery2",
              "correct-horse-battery",
              "Bearer ")) {
        assertEquals(Status.Code.UNAUTHENTICATED, follow(plain, bearer(shown)), shown);
      }
      assertEquals(Status.Code.OK, follow(plain, bearer("Bearer correct-horse-battery")));
      // It is read for each stream: who changes it needs no restart.
      secret("bearer", "another-secret-of-ours", "rw-------");
      assertEquals(
          Status.Code.UNAUTHENTICATED, follow(plain, bearer("Bearer correct-horse-battery")));
      assertEquals(Status.Code.OK, follow(plain, bearer("Bearer another-secret-of-ours")));
      Files.delete(folder.resolve("bearer"));
      assertEquals(Status.Code.UNAVAILABLE, follow(plain, bearer("Bearer another-secret-of-ours")));
    }
  }

  @Test
  void takesNoBearerThatOthersCanReadOrThatIsEasilyGuessed() throws Exception {
    secret("bearer", "correct-horse-battery\n", "rw-r--r--");
    StartException e = assertThrows(StartException.class, () -> issuer(", bearer-file: bearer"));
    assertTrue(String.valueOf(e.getMessage()).contains("run: chmod 600 "), e::getMessage);
    e = assertThrows(StartException.class, () -> authz(", bearer-file: bearer"));
    assertTrue(String.valueOf(e.getMessage()).contains("run: chmod 600 "), e::getMessage);
    secret("bearer", "short\n", "rw-------");
    e = assertThrows(StartException.class, () -> issuer(", bearer-file: bearer"));
    assertTrue(String.valueOf(e.getMessage()).contains("of 16 or more visible"), e::getMessage);
  }

  private ChannelCredentials identity(String own, String trusted) throws StartException {
    return TlsFiles.read(
            new TlsConfig(
                folder.resolve(own + ".crt"),
                folder.resolve(own + ".key"),
                Optional.of(folder.resolve(trusted + ".crt"))))
        .forClient();
  }

  /** OK where the issuer says hello. */
  private Status.Code follow(ChannelCredentials credentials) throws Exception {
    return follow(credentials, new Metadata());
  }

  private Status.Code follow(ChannelCredentials credentials, Metadata headers) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", feedPort, credentials).build();
    CompletableFuture<Status.Code> outcome = new CompletableFuture<>();
    try {
      ClientCall<FromAuthz, FromIssuer> call =
          channel.newCall(FeedStreamTest.FOLLOW, CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(FromIssuer message) {
              outcome.complete(Status.Code.OK);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              outcome.complete(status.getCode());
            }
          },
          headers);
      call.request(1);
      call.sendMessage(
          FromAuthz.newBuilder().setHello(AuthzHello.newBuilder().setServer("test")).build());
      return outcome.get();
    } finally {
      channel.shutdownNow();
    }
  }

  private void identity(String name) throws Exception {
    TestIdentity identity = TestIdentity.create(folder, "spiffe://test/" + name);
    write(name + ".crt", identity.certificateLine());
    write(name + ".key", identity.keyLine());
  }

  private void write(String file, String line) throws IOException {
    Path path = folder.resolve(file);
    Files.writeString(path, line.substring(1, line.length() - 1).replace("\\n", "\n"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
  }

  private double metric(int port, String series) throws Exception {
    return metrics(port)
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series));
  }

  @Test
  void bothEndsShowWhatTheyDo() throws Exception {
    GatServer issuer = issuer("");
    try (var _ = authz("");
        GrpcClient client = new GrpcClient(UnixDomainSocketAddress.of(socket()))) {
      String token = token();
      revoke(token);
      await(client, token, "revoked");
      assertEquals(1, metric(issuerHealthPort, "gat_feed_streams"));
      assertEquals(1, metric(issuerHealthPort, "gat_feed_changes_total"));
      assertTrue(metric(issuerHealthPort, "gat_feed_messages_total") >= 4);
      assertTrue(metric(issuerHealthPort, "gat_feed_sent_bytes_total") > 100);
      assertTrue(
          metric(issuerHealthPort, "gat_feed_vouched_seconds_count{outcome=\"acknowledged\"}")
              >= 1);
      assertEquals(0, metric(issuerHealthPort, "gat_feed_claims_total{outcome=\"first\"}"));
      String of = "{issuer=\"" + ISSUER + "\"}";
      assertEquals(0, metric(healthPort, "gat_feed_lag" + of));
      assertTrue(metric(healthPort, "gat_feed_position" + of) >= 1);
      String lost = "gat_feed_lost_total{issuer=\"" + ISSUER + "\",reason=\"%s\"}";
      for (StreamLoss loss : StreamLoss.values()) {
        assertEquals(0, metric(healthPort, lost.formatted(loss.word())), loss.word());
      }
      issuer.close();
      await(client, token(), "revocation_stale");
      double ends = 0;
      for (String reason : List.of("closed", "unreachable")) {
        ends += metric(healthPort, lost.formatted(reason));
      }
      assertTrue(ends >= 1, "the end of the stream is counted");
    } finally {
      issuer.close();
    }
  }

  @Test
  void refusesToStartWhereTheConfiguredPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(feedPort)) {
      StartException e = assertThrows(StartException.class, () -> issuer(""));
      assertTrue(
          String.valueOf(e.getMessage()).startsWith("tcp://127.0.0.1:" + taken.getLocalPort()),
          e::getMessage);
    }
  }
}
