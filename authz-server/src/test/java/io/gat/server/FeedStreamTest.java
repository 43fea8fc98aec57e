package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.feed.ClaimOutcome;
import io.gat.feed.FeedClient;
import io.gat.feed.FeedFollower;
import io.gat.feed.FeedModel;
import io.gat.feed.FeedService;
import io.gat.feed.FeedSource;
import io.gat.feed.ForwardingSource;
import io.gat.feed.v1.AuthzHello;
import io.gat.feed.v1.FromAuthz;
import io.gat.feed.v1.FromIssuer;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocable;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Feeds over real sockets: Helidon's server and grpc-java's client. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class FeedStreamTest {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(4);

  static final MethodDescriptor<FromAuthz, FromIssuer> FOLLOW =
      MethodDescriptor.<FromAuthz, FromIssuer>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("gat.feed.v1.Feed/Follow")
          .setRequestMarshaller(ProtoUtils.marshaller(FromAuthz.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(FromIssuer.getDefaultInstance()))
          .build();

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final FeedModel log = new FeedModel("log-a");

  @AfterEach
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  /** An issuer's port. */
  private record Issuer(FeedService service, GrpcListener listener) implements AutoCloseable {
    int port() {
      return ((InetSocketAddress) listener.address()).getPort();
    }

    @Override
    public void close() {
      service.close();
      listener.close();
    }
  }

  private Issuer issuer(FeedSource source, int port) throws StartException {
    FeedService service = new FeedService(source, 10);
    Issuer issuer =
        new Issuer(
            service,
            GrpcListener.tcp(
                "127.0.0.1",
                port,
                GrpcListener.Serving.plain(Duration.ofSeconds(1), List.of(service))));
    open.push(issuer);
    return issuer;
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .usePlaintext()
        .flowControlWindow(64 * 1024)
        .maxInboundMessageSize(16 << 20)
        .build();
  }

  /** An authz server's end, and what it was told. */
  private static final class Server implements AutoCloseable {
    private final FeedClient client;
    private FeedView view = FeedView.silent(Moment.Source.system().now());
    private String keys = "";

    Server(List<Integer> ports) {
      this.client =
          new FeedClient(
              "test",
              ports.stream()
                  .map(port -> new FeedClient.Issuer("port " + port, () -> channel(port)))
                  .toList(),
              new FeedFollower(MAX_STALENESS, Moment.Source.system(), this::take),
              MAX_STALENESS,
              (jwks, position) -> take(jwks));
      client.start();
    }

    private synchronized void take(FeedView next) {
      view = next;
      notifyAll();
    }

    private synchronized void take(String jwks) {
      keys = jwks;
      notifyAll();
    }

    /** Waits; the class's time-out ends a wait that is in vain. */
    synchronized FeedView await(Predicate<FeedView> condition) throws InterruptedException {
      while (!condition.test(view)) {
        wait();
      }
      return view;
    }

    synchronized void awaitKeys(String jwks) throws InterruptedException {
      while (!keys.equals(jwks)) {
        wait();
      }
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private Server server(Integer... ports) {
    Server server = new Server(List.of(ports));
    open.push(server);
    return server;
  }

  private static boolean isFresh(FeedView view) {
    return view.lease().isFresh(Moment.Source.system().now());
  }

  private static boolean revokes(FeedView view, String tokenId) {
    return view.revocations()
        .revokes(
            new Revocable("iss", tokenId, "j", "s", "c", List.of("orders"), "k", Instant.now()));
  }

  private static List<String> tokens(String prefix, int many) {
    return IntStream.range(0, many).mapToObj(i -> prefix + i).toList();
  }

  @Test
  void tellsAllRevocationsKeysAndAProof() throws Exception {
    log.revoke(tokens("t", 12_000));
    Server server = server(issuer(log, 0).port());
    FeedView view = server.await(FeedStreamTest::isFresh);
    assertEquals(12_000, view.epoch());
    assertEquals(12_000, view.revocations().size());
    assertTrue(revokes(view, "t11999"));
    server.awaitKeys("{\"keys\":[]}");
  }

  @Test
  void tellsARevocationAndNewKeysAtOnce() throws Exception {
    Server server = server(issuer(log, 0).port());
    FeedView before = server.await(FeedStreamTest::isFresh);
    assertFalse(revokes(before, "t0"));
    for (int i = 0; i < 200; i++) {
      log.revoke(List.of("t" + i));
    }
    server.await(view -> revokes(view, "t199"));
    log.keys("{\"keys\":[1]}", 2);
    server.awaitKeys("{\"keys\":[1]}");
    assertEquals(1, log.snapshots());
  }

  @Test
  void renewsTheLeaseAgainAndAgain() throws Exception {
    Server server = server(issuer(log, 0).port());
    for (int i = 0; i < 3; i++) {
      Moment before = server.await(FeedStreamTest::isFresh).lease().from();
      server.await(view -> !view.lease().from().equals(before));
    }
  }

  @Test
  void goesOnWhereItWasAfterARestartOfTheIssuer() throws Exception {
    log.revoke(tokens("before", 10));
    Issuer first = issuer(log, 0);
    int port = first.port();
    Server server = server(port);
    server.await(FeedStreamTest::isFresh);
    first.close();
    open.remove(first);
    log.revoke(List.of("meanwhile"));
    Moment last = server.await(view -> true).lease().from();
    issuer(log, port);
    FeedView view = server.await(v -> !v.lease().from().equals(last) && isFresh(v));
    assertTrue(revokes(view, "meanwhile"));
    assertEquals(11, view.revocations().size());
    assertEquals(1, log.snapshots());
  }

  @Test
  void goesToAnotherIssuerWhenOneDiesAndStaysFresh() throws Exception {
    Issuer a = issuer(log, 0);
    Issuer b = issuer(log, 0);
    Server server = server(a.port(), b.port());
    server.await(FeedStreamTest::isFresh);
    Issuer used = a.service().streams() > 0 ? a : b;
    Issuer other = used.equals(a) ? b : a;
    used.close();
    open.remove(used);
    Moment last = server.await(view -> true).lease().from();
    // Each view that comes is fresh: there was no gap.
    FeedView view = server.await(v -> !v.lease().from().equals(last));
    assertTrue(isFresh(view));
    assertEquals(1, other.service().streams());
    log.revoke(List.of("later"));
    server.await(v -> revokes(v, "later"));
  }

  @Test
  void goesToAnotherIssuerWhereOneProvesNothing() throws Exception {
    FeedModel same = new FeedModel("log-a");
    Issuer dumb = issuer(new ProvesNothing(same), 0);
    Issuer good = issuer(log, 0);
    Server server = server(dumb.port(), good.port());
    FeedView view = server.await(FeedStreamTest::isFresh);
    assertEquals(0, view.epoch());
    assertEquals(1, good.service().streams());
  }

  @Test
  void anotherLogOnTheSamePortIsRefused() throws Exception {
    log.revoke(List.of("t"));
    Issuer first = issuer(log, 0);
    int port = first.port();
    Server server = server(port);
    server.await(FeedStreamTest::isFresh);
    first.close();
    open.remove(first);
    FeedModel other = new FeedModel("log-b");
    issuer(other, port);
    while (other.greeted() < 3) { // it comes again, and is told the same
      Thread.onSpinWait();
    }
    while (isFresh(server.await(v -> true))) {
      Thread.onSpinWait();
    }
    FeedView view = server.await(v -> true);
    assertEquals(1, view.epoch());
    assertTrue(revokes(view, "t"));
  }

  @Test
  void aServerThatDoesNotReadHoldsUpItselfOnly() throws Exception {
    log.revoke(tokens("a-token-id-of-usual-length-", 100_000));
    Issuer issuer = issuer(log, 0);
    ManagedChannel channel = channel(issuer.port());
    open.push(channel::shutdownNow);
    ClientCall<FromAuthz, FromIssuer> stuck = channel.newCall(FOLLOW, CallOptions.DEFAULT);
    CompletableFuture<FromIssuer> hello = new CompletableFuture<>();
    stuck.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(FromIssuer message) {
            hello.complete(message);
          }
        },
        new Metadata());
    stuck.request(1); // and never more
    stuck.sendMessage(
        FromAuthz.newBuilder().setHello(AuthzHello.newBuilder().setServer("stuck")).build());
    assertTrue(hello.get().hasHello());

    Server server = server(issuer.port());
    server.await(FeedStreamTest::isFresh);
    log.revoke(List.of("later"));
    server.await(view -> revokes(view, "later"));
    assertEquals(2, issuer.service().streams());
    stuck.cancel("enough", null);
    while (issuer.service().streams() > 1) { // its thread and what it was sending are gone
      Thread.onSpinWait();
    }
  }

  @Test
  void claimsOnceAndSaysWhereNobodyKnows() throws Exception {
    Issuer issuer = issuer(log, 0);
    Server server = server(issuer.port());
    server.await(FeedStreamTest::isFresh);
    Instant end = Instant.now().plusSeconds(60);
    assertEquals(ClaimOutcome.FIRST, server.client.claim("one", end).get());
    assertEquals(ClaimOutcome.REPEATED, server.client.claim("one", end).get());
    assertEquals(ClaimOutcome.FIRST, server.client.claim("two", end).get());
    assertEquals(ClaimOutcome.UNAVAILABLE, server.client.claim("away", end).get());
    assertEquals(ClaimOutcome.UNAVAILABLE, server.client.claim("with space", end).get());
    issuer.close();
    open.remove(issuer);
    assertEquals(ClaimOutcome.UNAVAILABLE, server.client.claim("three", end).get());
  }

  @Test
  void knowsWhoHasWhichKeysAndWhoIsConnected() throws Exception {
    Issuer issuer = issuer(log, 0);
    assertTrue(issuer.service().haveKeys(5));
    Server server = server(issuer.port());
    server.await(FeedStreamTest::isFresh);
    assertFalse(issuer.service().haveKeys(5));
    log.keys("{\"keys\":[5]}", 5);
    while (!issuer.service().haveKeys(5)) {
      Thread.onSpinWait();
    }
    assertEquals(List.of("test"), issuer.service().servers().stream().map(s -> s.name()).toList());
    server.close(); // which ends its connection: nobody sends a word more
    while (issuer.service().streams() > 0) {
      Thread.onSpinWait();
    }
    assertTrue(issuer.service().haveKeys(9));
    assertEquals(List.of(), issuer.service().servers());
  }

  /** A log that acknowledges nothing. */
  private static final class ProvesNothing extends ForwardingSource {
    ProvesNothing(FeedSource log) {
      super(log);
    }

    @Override
    public CompletableFuture<Vouched> vouch() {
      return new CompletableFuture<>();
    }
  }
}
