package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.gat.server.RawHttp2.Frame;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One peer attacks the listener. It is cut off, and meanwhile every call of a good peer, on a
 * connection of its own, is answered.
 */
@Timeout(60)
final class HostilePeersTest {
  private static final int CALM = 11;
  private static final ConnectionLimits LIMITS =
      new ConnectionLimits(32, 200, Duration.ofMinutes(5), Duration.ofMillis(500));

  private final BindableService service =
      new AuthorizationGrpc.AuthorizationImplBase() {
        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> caller) {
          caller.onNext(
              CheckResponse.newBuilder()
                  .setDeniedResponse(DeniedHttpResponse.newBuilder().setBody("good"))
                  .build());
          caller.onCompleted();
        }
      };

  private final AtomicBoolean attacked = new AtomicBoolean(true);
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicInteger bad = new AtomicInteger();
  private GrpcListener listener = start();
  private Thread calls = new Thread();

  private GrpcListener start() {
    try {
      return GrpcListener.tcp(
          "127.0.0.1",
          0,
          new GrpcListener.Serving(
              List.of(service), Duration.ofSeconds(5), Overload.none(), LIMITS, Optional.empty()));
    } catch (StartException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void callAllTheTime() {
    calls =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (GrpcClient client = new GrpcClient(listener.address())) {
                    var stub = AuthorizationGrpc.newBlockingStub(client.channel());
                    while (attacked.get()) {
                      CheckResponse answer = stub.check(CheckRequest.getDefaultInstance());
                      boolean ok = answer.getDeniedResponse().getBody().equals("good");
                      (ok ? good : bad).incrementAndGet();
                    }
                  } catch (RuntimeException e) {
                    bad.incrementAndGet();
                  }
                });
  }

  @AfterEach
  void allGoodCallsWereAnswered() throws Exception {
    int during = good.get();
    while (good.get() < during + 20 && bad.get() == 0) { // and still are
      Thread.onSpinWait();
    }
    attacked.set(false);
    calls.join();
    listener.close();
    assertEquals(0, bad.get());
    assertTrue(good.get() > 0);
  }

  private RawHttp2 attacker() throws IOException {
    return new RawHttp2(listener.address());
  }

  /** Sends the same again and again until the server has ended the connection. */
  private static void flood(RawHttp2 attacker, Round round) throws IOException {
    Thread reader = Thread.ofVirtual().start(attacker::awaitGoodbye); // or both sides would stall
    try {
      for (int i = 0; ; i++) {
        round.send(i);
        attacker.flush();
      }
    } catch (IOException e) {
      // The server has had enough.
    }
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Round {
    void send(int number) throws IOException;
  }

  @Test
  void rapidReset_CVE_2023_44487() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      byte[] block = RawHttp2.call(RawHttp2.CHECK);
      flood(
          attacker,
          round -> {
            for (int i = 0; i < 100; i++) {
              int stream = 2 * (100 * round + i) + 1;
              attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, block);
              attacker.frame(RawHttp2.RST_STREAM, 0, stream, RawHttp2.int32(8));
            }
          });
    }
  }

  @Test
  void madeYouReset_CVE_2025_8671() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      byte[] block = RawHttp2.call(RawHttp2.CHECK, Map.of("content-length", "1"));
      flood(
          attacker,
          round -> {
            int stream = 2 * round + 1;
            attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, block);
            attacker.frame(RawHttp2.WINDOW_UPDATE, 0, stream, RawHttp2.int32(0));
            attacker.frame(RawHttp2.DATA, 0, stream, new byte[7]);
          });
    }
  }

  @Test
  void continuationFlood_CVE_2024_27316() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      attacker.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.call(RawHttp2.CHECK));
      flood(attacker, round -> attacker.frame(RawHttp2.CONTINUATION, 0, 1));
    }
  }

  @Test
  void headersWithoutEnd() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      attacker.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.call(RawHttp2.CHECK));
      byte[] more = new byte[16_384];
      flood(attacker, round -> attacker.frame(RawHttp2.CONTINUATION, 0, 1, more));
    }
  }

  @Test
  void manyHeaders_CVE_2016_6581() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      ByteArrayOutputStream first = new ByteArrayOutputStream();
      first.writeBytes(RawHttp2.call(RawHttp2.CHECK));
      first.write(0x40); // one large field for the table
      RawHttp2.text(first, "x");
      RawHttp2.text(first, "y".repeat(3_900));
      attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, first.toByteArray());
      byte[] bomb = new byte[16_384];
      Arrays.fill(bomb, (byte) 0xbe); // that field, 16,384 times
      byte[] call = RawHttp2.call(RawHttp2.CHECK);
      System.arraycopy(call, 0, bomb, 0, call.length);
      for (int stream = 3; stream < 43; stream += 2) {
        attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, bomb);
      }
      attacker.flush();
      attacker.awaitGoodbye(); // half requests are cut after a while at the latest
    }
  }

  @Test
  void oversizedFrame() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      attacker.frameOfLength(1 << 20, RawHttp2.DATA, 0, 1, new byte[100]).flush();
      assertTrue(attacker.awaitGoodbye());
    }
  }

  @Test
  void pingFlood_CVE_2019_9512() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      flood(attacker, round -> attacker.frame(RawHttp2.PING, 0, 0, new byte[8]));
    }
  }

  @Test
  void settingsFlood_CVE_2019_9515() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      flood(attacker, round -> attacker.frame(RawHttp2.SETTINGS, 0, 0));
    }
  }

  @Test
  void emptyFramesFlood_CVE_2019_9518() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.call(RawHttp2.CHECK));
      flood(attacker, round -> attacker.frame(RawHttp2.DATA, 0, 1));
    }
  }

  @Test
  void priorityFlood_CVE_2019_9513() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      byte[] shuffle = {0, 0, 0, 0, 1};
      flood(attacker, round -> attacker.frame(RawHttp2.PRIORITY, 0, 2 * round + 1, shuffle));
    }
  }

  @Test
  void unknownFramesFlood() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      flood(attacker, round -> attacker.frame(0xbe, 0, 0, new byte[8]));
    }
  }

  @Test
  void moreStreamsThanAllowed() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      byte[] block = RawHttp2.call(RawHttp2.CHECK);
      flood(
          attacker,
          round -> attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * round + 1, block));
    }
  }

  @Test
  void aPeerThatSaysNothing() throws Exception {
    try (RawHttp2 attacker = attacker()) {
      attacker.awaitGoodbye();
    }
  }

  @Test
  void aPeerThatStopsInsideItsPreface() throws Exception {
    try (SocketChannel attacker = SocketChannel.open(listener.address())) {
      attacker.write(ByteBuffer.wrap("PRI * HT".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer in = ByteBuffer.allocate(1024);
      while (attacker.read(in) >= 0) {
        in.clear();
      }
    }
  }

  @Test
  void aPeerThatStopsInsideAFrame() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      attacker.frameOfLength(100, RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, new byte[3]).flush();
      attacker.awaitGoodbye();
    }
  }

  @Test
  void aPeerThatNeverEndsItsRequest() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      attacker.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.call(RawHttp2.CHECK));
      attacker.frame(RawHttp2.DATA, 0, 1, new byte[] {0, 0, 0, 9, 9}).flush();
      attacker.awaitGoodbye();
    }
  }

  @Test
  void aPeerThatGivesNoRoomForAnswers_CVE_2019_9517() throws Exception {
    try (RawHttp2 attacker = attacker()) {
      attacker.greetWithoutRoom();
      attacker.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}); // streams have none
      for (int stream = 1; stream < 300; stream += 2) {
        attacker.check(stream, new byte[0]);
      }
      attacker.flush();
      attacker.awaitGoodbye();
    }
  }

  @Test
  void aPeerThatReadsNothing() throws Exception {
    try (SocketChannel attacker = SocketChannel.open()) {
      attacker.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
      attacker.connect((InetSocketAddress) listener.address());
      RawHttp2 peer = new RawHttp2(attacker);
      peer.greet();
      try {
        for (int stream = 1; ; stream += 2) {
          peer.check(stream, new byte[0]).flush();
        }
      } catch (IOException e) {
        // The server has had enough of answers that nobody takes.
      }
    }
  }

  @Test
  void manyConnectionsThatSayNothing() throws Exception {
    RawHttp2[] attackers = new RawHttp2[64];
    for (int i = 0; i < attackers.length; i++) {
      attackers[i] = attacker();
    }
    try (GrpcClient late = new GrpcClient(listener.address())) {
      // More than the listener takes: this one waits until some of them are cut off.
      CheckResponse answer =
          AuthorizationGrpc.newBlockingStub(late.channel())
              .withWaitForReady()
              .check(CheckRequest.getDefaultInstance());
      assertEquals("good", answer.getDeniedResponse().getBody());
    }
    for (RawHttp2 attacker : attackers) {
      attacker.close();
    }
  }

  @Test
  void saysWhyItEndsAConnection() throws Exception {
    try (RawHttp2 attacker = attacker().greet()) {
      for (int i = 0; i < ConnectionLimits.CONTROL_AT_ONCE + 500; i++) {
        attacker.frame(RawHttp2.PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 1});
      }
      attacker.flush();
      Frame goodbye = attacker.read(RawHttp2.GOAWAY);
      assertEquals(CALM, goodbye.error());
    }
  }
}
