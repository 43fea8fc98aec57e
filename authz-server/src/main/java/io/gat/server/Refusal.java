package io.gat.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The whole answer of a unary gRPC call, as frames that need no stream of Helidon's: headers,
 * message, trailers ("gRPC over HTTP2", <em>Responses</em>). Its header fields are literals that
 * are not added to a table (RFC 7541, section 6.2.2), so they may stand between header blocks of
 * another writer.
 */
final class Refusal {
  private static final int STATUS_200 = 0x88;
  private static final int CONTENT_TYPE = 31;
  private static final int PREFIX = 0x0f;

  private final byte[] frames;
  private final int data;
  private final int trailers;

  /**
   * An answer.
   *
   * @param message a protobuf message of less than 16 KiB
   */
  Refusal(byte[] message) {
    byte[] head = head();
    byte[] prefixed = new byte[5 + message.length];
    Http2Frames.putInt32(prefixed, 1, message.length);
    System.arraycopy(message, 0, prefixed, 5, message.length);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(Http2Frames.frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, 0, head));
    this.data = all.size();
    all.writeBytes(Http2Frames.frame(Http2Frames.DATA, 0, 0, prefixed));
    this.trailers = all.size();
    all.writeBytes(
        Http2Frames.frame(
            Http2Frames.HEADERS,
            Http2Frames.END_HEADERS | Http2Frames.END_STREAM,
            0,
            literal("grpc-status", "0")));
    this.frames = all.toByteArray();
  }

  private static byte[] head() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(STATUS_200);
    block.write(PREFIX); // name by index, which is above what fits here
    block.write(CONTENT_TYPE - PREFIX);
    text(block, "application/grpc");
    return block.toByteArray();
  }

  private static byte[] literal(String name, String value) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0);
    text(block, name);
    text(block, value);
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length()); // below 127, not Huffman-coded
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The frames for one stream. */
  byte[] frames(int stream) {
    byte[] own = frames.clone();
    Http2Frames.putStream(own, 0, stream);
    Http2Frames.putStream(own, data, stream);
    Http2Frames.putStream(own, trailers, stream);
    return own;
  }

  /** How much of the peer's window the frames take, in bytes. */
  int dataLength() {
    return trailers - data - Http2Frames.HEAD;
  }
}
