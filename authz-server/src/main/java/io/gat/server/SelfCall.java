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
import java.util.HexFormat;
import java.util.List;

/**
 * Calls one unary gRPC method of this process over the wire, so that the first check of a caller
 * does not pay for the loading and compiling of HTTP/2 and gRPC.
 *
 * <p>It speaks the few frames that a unary call takes (RFC 9113, section 6; header fields as
 * literals, RFC 7541, section 6.2). A gRPC client library would double the program's size for it.
 */
final class SelfCall {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int FRAME_HEADER = 9;

  /**
   * Calls that are on their way at a time: a server that has one call at a time batches nothing.
   */
  static final int AT_A_TIME = 8;

  /** {@code www.example.com} with Huffman coding, as Envoy writes texts (RFC 7541, C.4.1). */
  private static final byte[] AUTHORITY = HexFormat.of().parseHex("8cf1e3c2e5f23a6ba0ab90f4ff");

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final DataInputStream in;
  private final OutputStream out;
  private final byte[] headers;
  private int nextStream = 1;

  private SelfCall(SocketChannel channel, String method) {
    this.in = new DataInputStream(Channels.newInputStream(channel));
    this.out = Channels.newOutputStream(channel);
    this.headers = headers(method);
  }

  /**
   * Calls the method with each message in turn, over and over.
   *
   * @param method its full name, {@code package.Service/Method}
   * @param messages at least one, each below 16 KiB
   * @return how many calls were answered within the time
   */
  static int run(SocketAddress address, String method, List<byte[]> messages, Duration atMost)
      throws IOException {
    long until = System.nanoTime() + atMost.toNanos();
    try (SocketChannel channel = SocketChannel.open(address)) {
      SelfCall calls = new SelfCall(channel, method);
      calls.out.write(PREFACE);
      calls.frame(SETTINGS, 0, 0, new byte[0]);
      int done = 0;
      while (System.nanoTime() < until) {
        for (int i = 0; i < AT_A_TIME; i++) {
          calls.send(messages.get((done + i) % messages.size()));
        }
        calls.receive();
        done += AT_A_TIME;
      }
      return done;
    }
  }

  private void send(byte[] message) throws IOException {
    frame(HEADERS, END_HEADERS, nextStream, headers);
    ByteBuffer data = ByteBuffer.allocate(5 + message.length);
    data.put((byte) 0).putInt(message.length).put(message); // not compressed
    frame(DATA, END_STREAM, nextStream, data.array());
    nextStream += 2;
  }

  private void receive() throws IOException {
    int received = 0;
    for (int ended = 0; ended < AT_A_TIME; ) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt() & Integer.MAX_VALUE;
      in.skipNBytes(length);
      if (type == SETTINGS && (flags & ACK) == 0) {
        frame(SETTINGS, ACK, 0, new byte[0]);
      } else if (type == DATA) {
        received += length;
      }
      if (stream != 0 && (flags & END_STREAM) != 0) {
        ended++;
      }
    }
    // Else the server would soon wait for room in the connection's window.
    frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(received).array());
  }

  private static byte[] headers(String method) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST, static table
    block.write(0x86); // :scheme http
    block.write(0x04); // :path, literal
    text(block, "/" + method);
    block.write(0x01); // :authority, literal
    block.writeBytes(AUTHORITY);
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
