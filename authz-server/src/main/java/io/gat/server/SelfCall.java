package io.gat.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Calls the listener's own {@code grpc.health.v1.Health/Check} over the wire, so that the first
 * check of a caller does not pay for the loading and compiling of HTTP/2 and gRPC.
 *
 * <p>It speaks the few frames that one unary call takes (RFC 9113, section 6; header fields as
 * literals, RFC 7541, section 6.2). A gRPC client library would double the program's size for it. A
 * failure is of no consequence: the caller carries on without.
 */
final class SelfCall {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int FRAME_HEADER = 9;

  /** More responses than this could exhaust the connection's flow-control window. */
  private static final int MAX_CALLS = 2_000;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** An empty message: not compressed, length 0. */
  private static final byte[] EMPTY_MESSAGE = new byte[5];

  private final DataInputStream in;
  private final OutputStream out;

  private SelfCall(SocketChannel channel) {
    this.in = new DataInputStream(Channels.newInputStream(channel));
    this.out = Channels.newOutputStream(channel);
  }

  /**
   * Calls one after the other.
   *
   * @return how many calls were answered within the time
   */
  static int run(SocketAddress address, Duration atMost) throws IOException {
    long until = System.nanoTime() + atMost.toNanos();
    try (SocketChannel channel = SocketChannel.open(address)) {
      SelfCall calls = new SelfCall(channel);
      calls.out.write(PREFACE);
      calls.frame(SETTINGS, 0, 0, new byte[0]);
      int done = 0;
      while (System.nanoTime() < until && done < MAX_CALLS) {
        calls.call(1 + 2 * done);
        done++;
      }
      return done;
    }
  }

  private void call(int stream) throws IOException {
    frame(HEADERS, END_HEADERS, stream, headers());
    frame(DATA, END_STREAM, stream, EMPTY_MESSAGE);
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int about = in.readInt() & Integer.MAX_VALUE;
      in.skipNBytes(length);
      if (type == SETTINGS && (flags & ACK) == 0) {
        frame(SETTINGS, ACK, 0, new byte[0]);
      } else if (about == stream && (flags & END_STREAM) != 0) {
        return;
      }
    }
  }

  private static byte[] headers() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST, static table
    block.write(0x86); // :scheme http
    block.write(0x04); // :path, literal
    text(block, "/grpc.health.v1.Health/Check");
    block.write(0x01); // :authority, literal
    text(block, "localhost");
    block.write(0x00);
    text(block, "content-type");
    text(block, "application/grpc");
    block.write(0x00);
    text(block, "te");
    text(block, "trailers");
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length()); // below 127, not Huffman-coded
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
  }
}
