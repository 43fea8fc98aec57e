package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class GrpcListenerTest {
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-rw----");

  @TempDir Path folder;

  private final Semaphore arrived = new Semaphore(0);
  private final CountDownLatch released = new CountDownLatch(1);
  private final HealthStatusManager health = new HealthStatusManager();

  /** Answers with what it was asked. */
  private final BindableService echo =
      new AuthorizationGrpc.AuthorizationImplBase() {
        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> observer) {
          AttributeContext.HttpRequest http = request.getAttributes().getRequest().getHttp();
          switch (http.getMethod()) {
            case "BUG" -> throw new IllegalStateException("s3cret");
            case "WAIT" -> {
              arrived.release();
              awaitRelease();
            }
            default -> {}
          }
          observer.onNext(
              CheckResponse.newBuilder()
                  .setStatus(Status.newBuilder().setCode(Code.PERMISSION_DENIED_VALUE))
                  .setDeniedResponse(DeniedHttpResponse.newBuilder().setBody(http.getBody()))
                  .build());
          observer.onCompleted();
        }
      };

  /** Where to listen. */
  enum Transport {
    TCP,
    UNIX
  }

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path socket() {
    return folder.resolve("authz.sock");
  }

  private GrpcListener listen(Transport transport) throws StartException {
    List<BindableService> services = List.of(echo, health.getHealthService());
    return switch (transport) {
      case TCP -> GrpcListener.tcp("127.0.0.1", 0, GrpcListener.Serving.plain(GRACE, services));
      case UNIX -> GrpcListener.unix(socket(), MODE, GrpcListener.Serving.plain(GRACE, services));
    };
  }

  private static CheckRequest request(String method, String body) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(
                            AttributeContext.HttpRequest.newBuilder()
                                .setMethod(method)
                                .setBody(body))))
        .build();
  }

  private static String echoed(CheckResponse response) {
    return response.getDeniedResponse().getBody();
  }

  private static AuthorizationGrpc.AuthorizationBlockingStub stub(GrpcClient client) {
    return AuthorizationGrpc.newBlockingStub(client.channel());
  }

  @ParameterizedTest
  @EnumSource
  void answersChecks(Transport transport) throws Exception {
    try (GrpcListener listener = listen(transport);
        GrpcClient client = new GrpcClient(listener.address())) {
      CheckResponse response = stub(client).check(request("GET", "hello"));
      assertEquals("hello", echoed(response));
      assertEquals(Code.PERMISSION_DENIED_VALUE, response.getStatus().getCode());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16_383, 16_384, 65_536, 1 << 20, 15 << 20})
  void takesMessagesOfAnySizeThatEnvoySends(int size) throws Exception {
    String body = "b".repeat(size);
    try (GrpcListener listener = listen(Transport.UNIX);
        GrpcClient client = new GrpcClient(listener.address())) {
      assertEquals(body, echoed(stub(client).check(request("POST", body))));
    }
  }

  @Test
  void takesLongHeaders() throws Exception {
    Metadata long64k = new Metadata();
    long64k.put(
        Metadata.Key.of("x-long", Metadata.ASCII_STRING_MARSHALLER), "v".repeat(64 * 1_024));
    try (GrpcListener listener = listen(Transport.TCP);
        GrpcClient client = new GrpcClient(listener.address())) {
      CheckResponse response =
          stub(client)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(long64k))
              .check(request("GET", "long"));
      assertEquals("long", echoed(response));
    }
  }

  @Test
  void answersManyChecksAtOnceOnOneConnection() throws Exception {
    try (GrpcListener listener = listen(Transport.UNIX);
        GrpcClient client = new GrpcClient(listener.address())) {
      AuthorizationGrpc.AuthorizationFutureStub stub =
          AuthorizationGrpc.newFutureStub(client.channel());
      List<Future<CheckResponse>> waiting = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        waiting.add(stub.check(request("WAIT", "w" + i)));
      }
      assertTrue(arrived.tryAcquire(20, TimeUnit.SECONDS));
      assertEquals("now", echoed(stub(client).check(request("GET", "now"))));
      released.countDown();
      for (int i = 0; i < waiting.size(); i++) {
        assertEquals("w" + i, echoed(waiting.get(i).get()));
      }
    }
  }

  @Test
  void callersThatGiveUpDoNotCostTheConnection() throws Exception {
    try (GrpcListener listener = listen(Transport.TCP);
        GrpcClient client = new GrpcClient(listener.address())) {
      AuthorizationGrpc.AuthorizationFutureStub stub =
          AuthorizationGrpc.newFutureStub(client.channel());
      Future<CheckResponse> patient = stub.check(request("WAIT", "patient"));
      assertTrue(arrived.tryAcquire(20, TimeUnit.SECONDS));
      for (int i = 0; i < 200; i++) {
        Future<CheckResponse> impatient = stub.check(request("WAIT", "gone"));
        assertTrue(arrived.tryAcquire(20, TimeUnit.SECONDS));
        impatient.cancel(true);
      }
      // Whatever was sent before this call was read before it: frames keep their order.
      assertEquals("x", echoed(stub(client).check(request("GET", "x"))));
      released.countDown();
      assertEquals("patient", echoed(patient.get()));
      assertEquals("y", echoed(stub(client).check(request("GET", "y"))));
    }
  }

  @Test
  void aBugInAServiceTellsNothingAndEndsNothing() throws Exception {
    try (GrpcListener listener = listen(Transport.TCP);
        GrpcClient client = new GrpcClient(listener.address())) {
      StatusRuntimeException e =
          assertThrows(StatusRuntimeException.class, () -> stub(client).check(request("BUG", "")));
      assertFalse(String.valueOf(e.getMessage()).contains("s3cret"), e::toString);
      assertEquals("x", echoed(stub(client).check(request("GET", "x"))));
    }
  }

  @Test
  void tellsItsHealth() throws Exception {
    health.setStatus("", ServingStatus.NOT_SERVING);
    try (GrpcListener listener = listen(Transport.UNIX);
        GrpcClient client = new GrpcClient(listener.address())) {
      HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(client.channel());
      HealthCheckRequest all = HealthCheckRequest.getDefaultInstance();
      assertEquals(ServingStatus.NOT_SERVING, stub.check(all).getStatus());
      health.setStatus("", ServingStatus.SERVING);
      assertEquals(ServingStatus.SERVING, stub.check(all).getStatus());
    }
  }

  /** The first answer, known when the server has ended the stream. */
  private static final class Answer<T> implements StreamObserver<T> {
    private final CompletableFuture<T> whenEnded = new CompletableFuture<>();
    private volatile @Nullable T first;

    @Override
    public void onNext(T value) {
      first = value;
    }

    @Override
    public void onError(Throwable t) {
      whenEnded.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {
      T value = first;
      if (value == null) {
        whenEnded.cancel(false);
      } else {
        whenEnded.complete(value);
      }
    }

    T get() throws Exception {
      return whenEnded.get(20, TimeUnit.SECONDS);
    }
  }

  private static ServerReflectionResponse reflect(
      GrpcClient client, ServerReflectionRequest request) throws Exception {
    Answer<ServerReflectionResponse> answer = new Answer<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(client.channel()).serverReflectionInfo(answer);
    questions.onNext(request);
    questions.onCompleted();
    return answer.get();
  }

  private static Set<String> services(GrpcClient client) throws Exception {
    return reflect(client, ServerReflectionRequest.newBuilder().setListServices("").build())
        .getListServicesResponse()
        .getServiceList()
        .stream()
        .map(ServiceResponse::getName)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource
  void describesItsServices(Transport transport) throws Exception {
    try (GrpcListener listener = listen(transport);
        GrpcClient client = new GrpcClient(listener.address())) {
      Set<String> names = services(client);
      assertTrue(names.contains("envoy.service.auth.v3.Authorization"), names::toString);
      assertTrue(names.contains("grpc.health.v1.Health"), names::toString);
      List<ByteString> files =
          reflect(
                  client,
                  ServerReflectionRequest.newBuilder()
                      .setFileContainingSymbol("envoy.service.auth.v3.Authorization")
                      .build())
              .getFileDescriptorResponse()
              .getFileDescriptorProtoList();
      assertFalse(files.isEmpty());
      FileDescriptorProto first = FileDescriptorProto.parseFrom(files.getFirst());
      assertEquals("envoy/service/auth/v3/external_auth.proto", first.getName());
    }
  }

  @Test
  void describesItsServicesToOlderTools() throws Exception {
    try (GrpcListener listener = listen(Transport.TCP);
        GrpcClient client = new GrpcClient(listener.address())) {
      Answer<io.grpc.reflection.v1alpha.ServerReflectionResponse> answer = new Answer<>();
      StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> questions =
          io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(client.channel())
              .serverReflectionInfo(answer);
      questions.onNext(
          io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
              .setFileByFilename("envoy/service/auth/v3/attribute_context.proto")
              .build());
      questions.onCompleted();
      assertEquals(1, answer.get().getFileDescriptorResponse().getFileDescriptorProtoCount());
    }
  }

  @Test
  void saysThatASymbolIsUnknown() throws Exception {
    try (GrpcListener listener = listen(Transport.TCP);
        GrpcClient client = new GrpcClient(listener.address())) {
      ServerReflectionRequest unknown =
          ServerReflectionRequest.newBuilder().setFileContainingSymbol("no.such.Thing").build();
      assertEquals(
          io.grpc.Status.Code.NOT_FOUND.value(),
          reflect(client, unknown).getErrorResponse().getErrorCode());
    }
  }

  @Test
  void describesOnlyItsOwnServices() throws Exception {
    try (GrpcListener one = listen(Transport.TCP);
        GrpcListener other =
            GrpcListener.tcp(
                "127.0.0.1",
                0,
                GrpcListener.Serving.plain(GRACE, List.of(health.getHealthService())));
        GrpcClient client = new GrpcClient(other.address())) {
      assertTrue(one.address() instanceof InetSocketAddress);
      assertFalse(services(client).contains("envoy.service.auth.v3.Authorization"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void finishesWhatIsInFlightWhenItEnds(Transport transport) throws Exception {
    GrpcListener listener = listen(transport);
    try (GrpcClient client = new GrpcClient(listener.address())) {
      Future<CheckResponse> inFlight =
          AuthorizationGrpc.newFutureStub(client.channel()).check(request("WAIT", "last"));
      assertTrue(arrived.tryAcquire(20, TimeUnit.SECONDS));
      Thread end = Thread.ofPlatform().start(listener::close);
      try (GrpcClient late = new GrpcClient(listener.address())) {
        boolean refused = false;
        while (!refused) { // until the listener takes no connection any more
          refused = !connects(listener);
        }
        assertThrows(StatusRuntimeException.class, () -> stub(late).check(request("GET", "late")));
      }
      released.countDown();
      assertEquals("last", echoed(inFlight.get()));
      end.join();
    }
  }

  private static boolean connects(GrpcListener listener) {
    try (SocketChannel channel = SocketChannel.open(listener.address())) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void saysThatThePortIsTaken() throws Exception {
    try (GrpcListener listener = listen(Transport.TCP)) {
      int port = ((InetSocketAddress) listener.address()).getPort();
      StartException e =
          assertThrows(
              StartException.class,
              () ->
                  GrpcListener.tcp(
                      "127.0.0.1", port, GrpcListener.Serving.plain(GRACE, List.of(echo))));
      assertEquals(
          "tcp://127.0.0.1:"
              + port
              + ": cannot listen there: Address already in use; stop what uses the address or"
              + " configure another one",
          e.getMessage());
    }
  }

  @Test
  void letsOwnerAndGroupUseItsSocketAndRemovesItAtTheEnd() throws Exception {
    try (GrpcListener listener = listen(Transport.UNIX)) {
      assertEquals(
          "rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
      assertEquals(UnixDomainSocketAddress.of(socket()), listener.address());
    }
    assertFalse(Files.exists(socket()));
  }

  @Test
  void takesTheSocketOfARunThatDied() throws Exception {
    ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    dead.bind(UnixDomainSocketAddress.of(socket()));
    dead.close();
    assertTrue(Files.exists(socket()));
    answersChecks(Transport.UNIX);
  }

  @Test
  void leavesASocketThatAnswers() throws Exception {
    try (GrpcListener first = listen(Transport.UNIX);
        GrpcClient client = new GrpcClient(first.address())) {
      StartException e = assertThrows(StartException.class, () -> listen(Transport.UNIX));
      assertTrue(String.valueOf(e.getMessage()).contains("another program answers there"));
      assertEquals("x", echoed(stub(client).check(request("GET", "x"))));
    }
  }

  @Test
  void leavesAFileThatIsNoSocket() throws Exception {
    Files.writeString(socket(), "precious");
    StartException e = assertThrows(StartException.class, () -> listen(Transport.UNIX));
    assertTrue(String.valueOf(e.getMessage()).contains("not a socket"), e::toString);
    assertEquals("precious", Files.readString(socket()));
  }

  @Test
  void leavesAPipe() throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", socket().toString()).start().waitFor());
    StartException e = assertThrows(StartException.class, () -> listen(Transport.UNIX));
    assertTrue(String.valueOf(e.getMessage()).contains("not a socket"), e::toString);
    assertTrue(Files.exists(socket()));
  }

  @Test
  void givesItsSocketTheModeThatIsWanted() throws Exception {
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-rw-rw-");
    try (GrpcListener listener =
        GrpcListener.unix(socket(), mode, GrpcListener.Serving.plain(GRACE, List.of(echo)))) {
      assertEquals(mode, Files.getPosixFilePermissions(socket()));
      assertEquals(0, listener.connections());
    }
  }

  @Test
  void saysThatTheFolderIsMissing() {
    Path nowhere = folder.resolve("missing").resolve("authz.sock");
    StartException e =
        assertThrows(
            StartException.class,
            () ->
                GrpcListener.unix(nowhere, MODE, GrpcListener.Serving.plain(GRACE, List.of(echo))));
    assertTrue(String.valueOf(e.getMessage()).startsWith("unix://" + nowhere), e::toString);
    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
  }

  @Test
  void aCallAfterTheEndFails() throws Exception {
    GrpcListener listener = listen(Transport.TCP);
    try (GrpcClient client = new GrpcClient(listener.address())) {
      stub(client).check(request("GET", "x"));
      listener.close();
      ExecutionException e =
          assertThrows(
              ExecutionException.class,
              () ->
                  AuthorizationGrpc.newFutureStub(client.channel())
                      .check(request("GET", "late"))
                      .get(20, TimeUnit.SECONDS));
      assertTrue(e.getCause() instanceof StatusRuntimeException);
    }
  }
}
