package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.gat.http.TokenRoutes;
import io.gat.issue.grant.GrantWorld;
import io.gat.token.SignedToken;
import io.gat.tokens.TokensService;
import io.gat.tokens.TokensWire;
import io.gat.tokens.v1.MintRequest;
import io.gat.tokens.v1.MintResponse;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The token endpoint over gRPC, beside HTTP/1.1 and HTTP/2 on one port. */
@Timeout(60)
final class TokensServiceTest {
  private final GrantWorld world = new GrantWorld();
  private final IssuerListener listener;
  private final GrpcClient client;

  TokensServiceTest() throws StartException {
    listener =
        IssuerListener.start(
            "127.0.0.1",
            0,
            Duration.ofSeconds(2),
            List.of(new TokenRoutes("", world.endpoint, world.introspection)),
            List.of(new TokensService(world.endpoint, List::of)),
            Optional.empty());
    client =
        new GrpcClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
  }

  @AfterEach
  void close() {
    client.close();
    listener.close();
    world.close();
  }

  private static MintRequest.Builder clientCredentials(String audience) {
    return MintRequest.newBuilder()
        .setGrantType("client_credentials")
        .addAudience(audience)
        .setScope("orders:read orders:delete");
  }

  /** Calls with metadata by turns. */
  private MintResponse mint(MintRequest request, String... metadata) {
    Metadata all = new Metadata();
    for (int i = 0; i < metadata.length; i += 2) {
      all.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
    }
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(
            client.channel(), MetadataUtils.newAttachHeadersInterceptor(all)),
        TokensWire.MINT,
        CallOptions.DEFAULT,
        request);
  }

  @Test
  void givesTheSameTokensAsHttp() {
    MintResponse answer =
        mint(
            clientCredentials("orders").setRequestedTtl(30).build(),
            "authorization",
            GrantWorld.basic(),
            "x-request-id",
            "r-42");
    SignedToken token = world.read(answer.getAccessToken());
    assertEquals("shop", token.subject());
    assertEquals("Bearer", answer.getTokenType());
    assertEquals("orders:read", answer.getScope());
    assertTrue(answer.getExpiresIn() > 20 && answer.getExpiresIn() <= 30, answer::toString);
    assertEquals("r-42", world.audit.events().getLast().requestId());
    MintResponse narrowed =
        mint(
            MintRequest.newBuilder()
                .setGrantType("urn:ietf:params:oauth:grant-type:token-exchange")
                .setSubjectToken(answer.getAccessToken())
                .setSubjectTokenType("urn:ietf:params:oauth:token-type:access_token")
                .build());
    assertEquals(1, world.read(narrowed.getAccessToken()).ancestors().size());
    assertEquals("urn:ietf:params:oauth:token-type:access_token", narrowed.getIssuedTokenType());
    MintResponse byFields =
        mint(
            clientCredentials("orders")
                .setClientId("s6BhdRkqt3")
                .setClientSecret("7Fjfp0ZBr1KtDRbnfVdmIw")
                .build());
    assertEquals("s6BhdRkqt3", world.read(byFields.getAccessToken()).client());
  }

  private String refusal(MintRequest request, String... metadata) throws Exception {
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> mint(request, metadata));
    com.google.rpc.Status status = StatusProto.fromThrowable(refused);
    if (status == null) {
      throw new AssertionError(refused);
    }
    List<String> told = new ArrayList<>(List.of(refused.getStatus().getCode().name()));
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        ErrorInfo info = detail.unpack(ErrorInfo.class);
        assertEquals("gat", info.getDomain());
        told.add(info.getMetadataOrThrow("error"));
        told.add(info.getReason());
      }
      if (detail.is(RetryInfo.class)) {
        told.add(detail.unpack(RetryInfo.class).getRetryDelay().getSeconds() + "s");
      }
    }
    return String.join(" ", told);
  }

  @Test
  void tellsEachRefusalByAStatus() throws Exception {
    Map<String, String> byAudience =
        Map.of(
            "nowhere", "INVALID_ARGUMENT invalid_target wrong_audience",
            "stranger", "PERMISSION_DENIED unauthorized_client unknown_principal",
            "approval", "PERMISSION_DENIED access_denied approval_needed",
            "busy", "RESOURCE_EXHAUSTED temporarily_unavailable throttled 1s",
            "unclear", "UNAVAILABLE temporarily_unavailable ruling_unknown 1s");
    for (Map.Entry<String, String> one : byAudience.entrySet()) {
      assertEquals(
          one.getValue(),
          refusal(clientCredentials(one.getKey()).build(), "authorization", GrantWorld.basic()));
    }
    assertEquals(
        "UNAUTHENTICATED invalid_client no_credential",
        refusal(clientCredentials("orders").build()));
    assertEquals(
        "INVALID_ARGUMENT invalid_request missing_parameter",
        refusal(MintRequest.getDefaultInstance()));
    assertEquals(
        "INVALID_ARGUMENT unsupported_grant_type unsupported_grant_type",
        refusal(MintRequest.newBuilder().setGrantType("password").build()));
    assertEquals(
        "INVALID_ARGUMENT invalid_request malformed_form",
        refusal(clientCredentials("orders").setTags("a\nb").build()));
    assertEquals(
        "INVALID_ARGUMENT invalid_request malformed_ttl",
        refusal(clientCredentials("orders").setRequestedTtl(-1).build()));
    assertEquals(
        "INVALID_ARGUMENT invalid_request several_credentials",
        refusal(
            clientCredentials("orders").build(),
            "authorization",
            GrantWorld.basic(),
            "x-api-key",
            "k"));
    assertEquals(
        "UNAUTHENTICATED invalid_grant unknown_credential",
        refusal(
            MintRequest.newBuilder()
                .setGrantType("urn:ietf:params:oauth:grant-type:jwt-bearer")
                .setAssertion("a.b.c")
                .build()));
    assertEquals(List.of(), world.audit.events());
  }

  /** HTTP goes on beside it, by both versions. */
  @Test
  void sharesItsPortWithHttp() throws Exception {
    for (HttpClient.Version version :
        List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
      try (HttpClient http = HttpClient.newBuilder().version(version).build()) {
        var answer =
            http.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + listener.port() + "/oauth2/token"))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("authorization", GrantWorld.basic())
                    .POST(
                        BodyPublishers.ofString(
                            "grant_type=client_credentials&audience=orders&scope=orders%3Aread"))
                    .build(),
                BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
      }
    }
    assertEquals(
        Status.Code.UNIMPLEMENTED,
        assertThrows(
                StatusRuntimeException.class,
                () ->
                    HealthGrpc.newBlockingStub(client.channel())
                        .check(HealthCheckRequest.getDefaultInstance()))
            .getStatus()
            .getCode());
  }
}
