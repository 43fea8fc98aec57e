package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What many checks at once do to the connection's flow-control window (RFC 9113, section 5.2), seen
 * by a caller that counts every byte. Helidon alone loses some of it, gives some twice, and now and
 * then sends an increment of 0, on which Envoy closes the connection.
 */
@Timeout(30)
final class FlowControlTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int AT_A_TIME = 32;
  private static final int ROUNDS = 500;
  private static final int FIRST_WINDOW = 65_535;

  @TempDir Path folder;

  private final BindableService yes =
      new AuthorizationGrpc.AuthorizationImplBase() {
        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> observer) {
          observer.onNext(CheckResponse.getDefaultInstance());
          observer.onCompleted();
        }
      };

  @Test
  void givesBackExactlyTheRoomThatChecksTook() throws Exception {
    try (GrpcListener listener =
            GrpcListener.unix(
                folder.resolve("s"),
                PosixFilePermissions.fromString("rw-------"),
                GrpcListener.Serving.plain(Duration.ofSeconds(5), List.of(yes)));
        SocketChannel channel = SocketChannel.open(listener.address())) {
      Caller caller = new Caller(channel);
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < AT_A_TIME; i++) {
          caller.check();
        }
        caller.receive();
      }
      int missing = caller.taken - caller.given;
      assertTrue(missing >= 0, () -> "given too much: " + -missing);
      assertTrue(missing < FIRST_WINDOW / 2, () -> "not given back: " + missing);
    }
  }

  /** Speaks as much HTTP/2 as it takes. */
  private static final class Caller {
    private final DataInputStream in;
    private final SocketChannel out;
    private final byte[] message;
    private int stream = 1;
    private int taken;
    private int given;

    Caller(SocketChannel channel) throws IOException {
      this.in = new DataInputStream(Channels.newInputStream(channel));
      this.out = channel;
      this.message = ByteBuffer.allocate(5 + 900).put((byte) 0).putInt(900).array();
      // An unknown field of 896 bytes, so that the message is one that protobuf can read.
      message[5] = (byte) 0xfa;
      message[6] = (byte) 0x3f;
      message[7] = (byte) 0x80; // 896 = 7 << 7
      message[8] = (byte) 7;
      out.write(
          ByteBuffer.wrap("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      frame(SETTINGS, 0, 0, new byte[0]);
      frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(1 << 30).array());
    }

    void check() throws IOException {
      frame(HEADERS, END_HEADERS, stream, headers());
      frame(DATA, END_STREAM, stream, message);
      taken += message.length;
      stream += 2;
    }

    void receive() throws IOException {
      for (int ended = 0; ended < AT_A_TIME; ) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int about = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = in.readNBytes(length);
        if (type == WINDOW_UPDATE) {
          int increment = ByteBuffer.wrap(payload).getInt();
          assertNotEquals(0, increment);
          given += about == 0 ? increment : 0;
        } else if (type == HEADERS && (flags & END_STREAM) != 0) {
          ended++;
        } else if (type != DATA && type != HEADERS) {
          assertEquals(SETTINGS, type, "an unexpected frame");
        }
      }
    }

    private static byte[] headers() {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.write(0x83); // :method POST
      block.write(0x86); // :scheme http
      literal(block, 0x04, "/envoy.service.auth.v3.Authorization/Check");
      literal(block, 0x01, "x");
      block.write(0x00);
      text(block, "content-type");
      text(block, "application/grpc");
      return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
      block.write(name);
      text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
      block.write(text.length());
      block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void frame(int type, int flags, int about, byte[] payload) throws IOException {
      ByteBuffer frame =
          ByteBuffer.allocate(9 + payload.length)
              .put((byte) (payload.length >> 16))
              .putShort((short) payload.length)
              .put((byte) type)
              .put((byte) flags)
              .putInt(about)
              .put(payload)
              .flip();
      while (frame.hasRemaining()) {
        out.write(frame);
      }
    }
  }
}
