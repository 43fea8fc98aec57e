package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.gat.server.RawHttp2.Frame;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots, refusals and callers that leave, on a listener that runs. */
@Timeout(20)
final class GuardedListenerTest {
  private static final byte[] GO = request("GO");
  private static final byte[] WAIT = request("WAIT");
  private static final byte[] BUG = request("BUG");

  @TempDir Path folder;

  private final AdaptiveLimit limit = new AdaptiveLimit(() -> 0); // its window never ends
  private final Slots slots = new Slots(limit);
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger refusedUnread = new AtomicInteger();
  private final AtomicInteger leftAlone = new AtomicInteger();
  private final Semaphore arrived = new Semaphore(0);
  private final CountDownLatch released = new CountDownLatch(1);
  private final HealthStatusManager health = new HealthStatusManager();

  private final BindableService service =
      new AuthorizationGrpc.AuthorizationImplBase() {
        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> caller) {
          if (!slots.admits()) {
            answer(caller, "refused by the service");
            return;
          }
          served.incrementAndGet();
          switch (request.getAttributes().getRequest().getHttp().getMethod()) {
            case "BUG" -> throw new IllegalStateException("a bug for the test");
            case "WAIT" -> {
              arrived.release();
              try {
                released.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
            default -> {}
          }
          if (((ServerCallStreamObserver<CheckResponse>) caller).isCancelled()) {
            leftAlone.incrementAndGet();
          } else {
            answer(caller, "served");
          }
        }
      };

  private static void answer(StreamObserver<CheckResponse> caller, String text) {
    caller.onNext(response(text));
    caller.onCompleted();
  }

  private static CheckResponse response(String text) {
    return CheckResponse.newBuilder()
        .setDeniedResponse(DeniedHttpResponse.newBuilder().setBody(text))
        .build();
  }

  private static byte[] request(String method) {
    return CheckRequest.newBuilder()
        .setAttributes(
            AttributeContext.newBuilder()
                .setRequest(
                    AttributeContext.Request.newBuilder()
                        .setHttp(AttributeContext.HttpRequest.newBuilder().setMethod(method))))
        .build()
        .toByteArray();
  }

  private GrpcListener listen() throws StartException {
    Overload overload =
        new Overload(
            slots,
            () -> new Refusal(response("refused unread").toByteArray()),
            refusedUnread::incrementAndGet);
    return GrpcListener.unix(
        folder.resolve("s"),
        PosixFilePermissions.fromString("rw-------"),
        new GrpcListener.Serving(
            List.of(service, health.getHealthService()),
            Duration.ofSeconds(2),
            overload,
            ConnectionLimits.standard(),
            Optional.empty()));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) { // the class's time-out ends a wait that is in vain
      if (Thread.interrupted()) {
        throw new AssertionError("waited in vain");
      }
      Thread.onSpinWait();
    }
  }

  /** Reads the answer of a stream; others that come before it are passed over. */
  private static String answer(RawHttp2 peer, int stream) throws IOException {
    String text = "";
    while (true) {
      Frame frame = peer.read();
      if (frame.stream() == stream) {
        switch (frame.type()) {
          case RawHttp2.DATA ->
              text =
                  CheckResponse.parseFrom(ByteString.copyFrom(frame.payload()).substring(5))
                      .getDeniedResponse()
                      .getBody();
          case RawHttp2.RST_STREAM -> text = "reset " + frame.error();
          default -> {}
        }
        if (frame.ends() || frame.type() == RawHttp2.RST_STREAM) {
          return text;
        }
      }
    }
  }

  /** Takes all slots; returns the next free stream. */
  private int saturate(RawHttp2 peer) throws IOException, InterruptedException {
    int stream = 1;
    for (int i = 0; i < limit.limit(); i++, stream += 2) {
      peer.check(stream, WAIT);
    }
    peer.flush();
    arrived.acquire(limit.limit());
    assertEquals(limit.limit(), limit.inFlight());
    return stream;
  }

  @Test
  void refusesUnreadWhileThereIsNoSlotAndServesAgainAfterwards() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      int stream = saturate(peer);
      for (int i = 0; i < 100; i++) {
        peer.check(stream + 2 * i, GO);
      }
      peer.flush();
      for (int i = 0; i < 99; i++) {
        // The one that no answer has come before on this connection is refused without a message.
        assertTrue(answer(peer, stream + 2 * i).startsWith("re"));
      }
      // The last of them has no answer on which to wait.
      await(() -> refusedUnread.get() == 100);
      assertEquals(limit.limit(), served.get(), "nothing of them came to the service");
      released.countDown();
      await(() -> limit.inFlight() == 0);
      assertEquals("served", answer(peer.check(stream + 200, GO).flush(), stream + 200));
    }
  }

  @Test
  void refusesWithAWholeAnswerOnceItHasAnswered() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 first = new RawHttp2(listener.address()).greet();
        RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      assertEquals("served", answer(peer.check(1, GO).flush(), 1));
      saturate(first);
      for (int stream = 3; stream < 503; stream += 2) {
        assertEquals("refused unread", answer(peer.check(stream, GO).flush(), stream));
      }
      released.countDown();
      await(() -> limit.inFlight() == 0);
      assertEquals("served", answer(peer.check(3_001, GO).flush(), 3_001));
    }
  }

  /** Refusals take room that Helidon does not know of; it must neither use it nor miss it. */
  @Test
  void keepsTheWindowsRightWhileItRefuses() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 first = new RawHttp2(listener.address()).greet();
        RawHttp2 peer = new RawHttp2(listener.address())) {
      peer.greetWithoutRoom();
      assertEquals("served", answer(peer.check(1, GO).flush(), 1));
      saturate(first);
      int stream = 3;
      int room = RawHttp2.FIRST_WINDOW;
      int whole = 0;
      byte[] big = new byte[900];
      big[0] = (byte) 0xfa;
      big[1] = (byte) 0x3f;
      big[2] = (byte) 0x80; // an unknown field of 896 bytes, 896 = 7 << 7
      big[3] = (byte) 7;
      for (int i = 0; i < 2_000; i++, stream += 2) {
        String answer = answer(peer.check(stream, big).flush(), stream);
        assertTrue(answer.equals("refused unread") || answer.equals("reset 7"), answer);
        whole += answer.equals("refused unread") ? 1 : 0;
        assertTrue(peer.dataRead() <= room, "more than there was room for");
        if (i % 100 == 0) {
          peer.frame(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.int32(1_000));
          room += 1_000;
        }
      }
      assertTrue(whole > 200, "only " + whole + " answers");
      assertTrue(peer.windowGiven() > 1_900 * 900, "room for what was dropped is given back");
      released.countDown();
      await(() -> limit.inFlight() == 0);
      assertEquals("served", answer(peer.check(stream, GO).flush(), stream));
    }
  }

  @Test
  void asksTheServiceToRefuseWhatItCannotKnowUnread() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 first = new RawHttp2(listener.address()).greet();
        RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      saturate(first);
      assertEquals("refused by the service", answer(peer.check(1, GO).flush(), 1));
      byte[] other = RawHttp2.call(RawHttp2.CHECK, Map.of("traceparent", "00-1"));
      peer.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 3, other).message(3, GO).flush();
      assertEquals("refused by the service", answer(peer, 3));
      released.countDown();
    }
  }

  @Test
  void answersHealthWhileThereIsNoSlot() throws Exception {
    health.setStatus("", ServingStatus.SERVING);
    try (GrpcListener listener = listen();
        RawHttp2 first = new RawHttp2(listener.address()).greet();
        GrpcClient client = new GrpcClient(listener.address())) {
      saturate(first);
      HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(client.channel());
      for (int i = 0; i < 5; i++) {
        assertEquals(
            ServingStatus.SERVING, stub.check(HealthCheckRequest.getDefaultInstance()).getStatus());
      }
      released.countDown();
    }
  }

  @Test
  void cancelledCallsHoldNoSlots() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      int next = saturate(peer);
      for (int stream = 1; stream < next; stream += 2) {
        peer.frame(RawHttp2.RST_STREAM, 0, stream, RawHttp2.int32(8));
      }
      peer.flush();
      await(() -> limit.inFlight() == 0);
      assertEquals("served", answer(peer.check(next, GO).flush(), next));
      released.countDown();
      await(() -> leftAlone.get() == limit.limit());
    }
  }

  @Test
  void halfRequestsHoldNoSlots() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 slow = new RawHttp2(listener.address()).greet();
        RawHttp2 good = new RawHttp2(listener.address()).greet()) {
      for (int stream = 1; stream < 2_000; stream += 2) {
        slow.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, RawHttp2.call(RawHttp2.CHECK));
      }
      slow.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
      Frame pong = slow.read(RawHttp2.PING); // so all of them were read
      assertEquals(RawHttp2.ACK, pong.flags());
      assertEquals(0, limit.inFlight());
      assertEquals("served", answer(good.check(1, GO).flush(), 1));
    }
  }

  @Test
  void aConnectionThatEndsHoldsNoSlots() throws Exception {
    try (GrpcListener listener = listen()) {
      try (RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
        saturate(peer);
      }
      await(() -> limit.inFlight() == 0);
      await(() -> listener.connections() == 0);
      released.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0S", "1n"})
  void doesNotBeginWhatNobodyWaitsFor(String timeout) throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      byte[] late = RawHttp2.call(RawHttp2.CHECK, Map.of("grpc-timeout", timeout));
      peer.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, late).message(1, GO).flush();
      assertEquals("", answer(peer, 1), "no message");
      assertEquals(1, leftAlone.get());
      await(() -> limit.inFlight() == 0);
      assertEquals("served", answer(peer.check(3, GO).flush(), 3));
    }
  }

  @Test
  void doesNotAnswerLate() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      byte[] soon = RawHttp2.call(RawHttp2.CHECK, Map.of("grpc-timeout", "50m"));
      peer.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, soon).message(1, WAIT).flush();
      long sent = System.nanoTime();
      await(() -> System.nanoTime() - sent > 60_000_000);
      released.countDown();
      assertEquals("", answer(peer, 1), "no message");
    }
  }

  @Test
  void refusesADeadlineThatItCannotRead() throws Exception {
    try (GrpcListener listener = listen();
        RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      byte[] strange = RawHttp2.call(RawHttp2.CHECK, Map.of("grpc-timeout", "soon"));
      peer.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, strange).message(1, GO).flush();
      assertEquals("", answer(peer, 1));
      assertEquals(0, served.get());
    }
  }

  /** RFC 9113, section 6.8: no call is lost, neither one in work nor one on its way. */
  @Test
  void endsAConnectionWithoutLosingACall() throws Exception {
    GrpcListener listener = listen();
    try (RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      peer.check(1, WAIT).flush();
      arrived.acquire();
      Thread end = Thread.ofPlatform().start(listener::close);
      Frame first = peer.read(RawHttp2.GOAWAY);
      assertEquals(Integer.MAX_VALUE, first.lastStream());
      assertEquals(0, first.error());
      Frame ping = peer.read(RawHttp2.PING);
      assertEquals("served", answer(peer.check(3, GO).flush(), 3), "it was on its way");
      peer.frame(RawHttp2.PING, RawHttp2.ACK, 0, ping.payload()).flush();
      released.countDown();
      assertEquals("served", answer(peer, 1));
      Frame last = peer.read(RawHttp2.GOAWAY);
      assertEquals(3, last.lastStream());
      assertFalse(peer.awaitGoodbye());
      end.join();
    }
  }

  @Test
  void endsAConnectionWhosePeerNeverAnswersThePing() throws Exception {
    GrpcListener listener = listen();
    try (RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
      assertEquals("served", answer(peer.check(1, GO).flush(), 1));
      listener.close(); // after the grace period
      assertTrue(peer.awaitGoodbye());
    }
  }

  /** Whatever peers do, in the end every slot is back. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everySlotComesBack(long seed) throws Exception {
    Random random = new Random(seed);
    byte[][] messages = {GO, GO, WAIT, BUG, {1, 2, 3}};
    byte[][] headers = {
      RawHttp2.call(RawHttp2.CHECK),
      RawHttp2.call(RawHttp2.CHECK, Map.of("grpc-timeout", "1m")),
      RawHttp2.call("/no.such.Service/Method"),
    };
    try (GrpcListener listener = listen()) {
      List<RawHttp2> peers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        RawHttp2 peer = new RawHttp2(listener.address()).greet();
        peers.add(peer);
        for (int stream = 1; stream < 400; stream += 2) {
          byte[] block = headers[random.nextInt(10) == 0 ? random.nextInt(headers.length) : 0];
          peer.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, block);
          if (random.nextInt(10) > 0) {
            peer.message(stream, messages[random.nextInt(messages.length)]);
          }
          if (random.nextInt(4) == 0) {
            peer.frame(RawHttp2.RST_STREAM, 0, stream, RawHttp2.int32(random.nextInt(9)));
          }
        }
        peer.flush();
      }
      for (RawHttp2 peer : peers) {
        if (random.nextBoolean()) {
          peer.close();
        }
      }
      released.countDown();
      for (RawHttp2 peer : peers) {
        peer.close();
      }
      await(() -> listener.connections() == 0);
      await(() -> limit.inFlight() == 0);
      assertFalse(limit.isFull());
      try (RawHttp2 peer = new RawHttp2(listener.address()).greet()) {
        assertEquals("served", answer(peer.check(1, GO).flush(), 1));
      }
      await(() -> limit.inFlight() == 0);
    }
  }
}
