package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gat.config.TlsConfig;
import io.gat.envoy.TestIdentity;
import io.gat.http.TokenRoutes;
import io.gat.issue.grant.GrantWorld;
import io.gat.tokens.TokensWire;
import io.gat.tokens.v1.MintRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.ClientCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever shows a certificate is known by it, over HTTP and over gRPC, and can be bound to it. */
@Timeout(60)
final class IssuerCertificatesTest {
  @TempDir private Path folder = Path.of("");

  private Path file(String name, String line) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, line.substring(1, line.length() - 1).replace("\\n", "\n"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void aCertificateProvesWhoAsksAndBindsTheToken() throws Exception {
    TestIdentity server = TestIdentity.create(folder, "spiffe://t/issuer");
    TestIdentity client = TestIdentity.create(folder, "spiffe://t/shop");
    TlsConfig files =
        new TlsConfig(
            file("tls.crt", server.certificateLine()),
            file("tls.key", server.keyLine()),
            Optional.of(file("ca.crt", client.certificateLine())));
    try (GrantWorld world = new GrantWorld();
        ReloadingTls tls = ReloadingTls.start(files, InstantSource.system());
        IssuerListener listener =
            IssuerListener.start(
                "127.0.0.1",
                0,
                Duration.ofSeconds(2),
                List.of(new TokenRoutes("", world.endpoint, world.introspection)),
                IssuerEndpoints.services(world.endpoint),
                Optional.of(tls.forServer()));
        HttpClient http = HttpClient.newBuilder().sslContext(client.towards(server)).build()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("https://127.0.0.1:" + listener.port() + "/oauth2/token"))
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(
                      BodyPublishers.ofString(
                          "grant_type=client_credentials&audience=bound&scope=a"))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      assertBound(world, client, IssuerWorld.json(answer.body()).path("access_token").asText());
      assertBound(world, client, byGrpc(server, client, listener.port()));
    }
  }

  private static void assertBound(GrantWorld world, TestIdentity client, String token)
      throws Exception {
    assertEquals("spiffe://t/shop", world.read(token).subject());
    assertEquals(Map.of("x5t#S256", client.thumbprint()), world.read(token).claims().get("cnf"));
  }

  private static String byGrpc(TestIdentity server, TestIdentity client, int port)
      throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .overrideAuthority("127.0.0.1")
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forClient()
                            .keyManager(client.key(), client.x509())
                            .trustManager(server.x509()))
                    .build())
            .build();
    try {
      return ClientCalls.blockingUnaryCall(
              channel,
              TokensWire.MINT,
              CallOptions.DEFAULT,
              MintRequest.newBuilder()
                  .setGrantType("client_credentials")
                  .addAudience("bound")
                  .setScope("a")
                  .build())
          .getAccessToken();
    } finally {
      channel.shutdownNow();
    }
  }
}
