package io.gat.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP/2 peer that sends what it is told to, sensible or not. */
final class RawHttp2 implements AutoCloseable {
  /** The window of a connection at its start, in bytes. */
  static final int FIRST_WINDOW = 65_535;

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;
  static final String CHECK = "/envoy.service.auth.v3.Authorization/Check";

  private final SocketChannel channel;
  private final DataInputStream in;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int dataRead;
  private int windowGiven;

  /** One frame that arrived. */
  static final class Frame {
    private final int type;
    private final int flags;
    private final int stream;
    private final byte[] payload;

    Frame(int type, int flags, int stream, byte[] payload) {
      this.type = type;
      this.flags = flags;
      this.stream = stream;
      this.payload = payload;
    }

    int type() {
      return type;
    }

    int flags() {
      return flags;
    }

    int stream() {
      return stream;
    }

    byte[] payload() {
      return payload;
    }

    boolean ends() {
      return (flags & END_STREAM) != 0 && (type == DATA || type == HEADERS);
    }

    /** The last stream of GOAWAY. */
    int lastStream() {
      return ByteBuffer.wrap(payload).getInt(0);
    }

    /** The error code of RST_STREAM or GOAWAY. */
    int error() {
      return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
    }
  }

  RawHttp2(SocketAddress address) throws IOException {
    this(SocketChannel.open(address));
  }

  /** Speaks over a channel that is connected. */
  RawHttp2(SocketChannel channel) {
    this.channel = channel;
    this.in = new DataInputStream(Channels.newInputStream(channel));
  }

  /** Sends the preface and settings, with room for all answers on the connection. */
  RawHttp2 greet() throws IOException {
    greetWithoutRoom();
    frame(WINDOW_UPDATE, 0, 0, int32(1 << 30));
    return flush();
  }

  /** Sends the preface and settings, and leaves the window of the connection as it is. */
  RawHttp2 greetWithoutRoom() throws IOException {
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return frame(SETTINGS, 0, 0).flush();
  }

  RawHttp2 frame(int type, int flags, int stream, byte... payload) {
    return frameOfLength(payload.length, type, flags, stream, payload);
  }

  /** A frame whose head tells another length than its payload has. */
  RawHttp2 frameOfLength(int length, int type, int flags, int stream, byte... payload) {
    out.write(length >> 16);
    out.write(length >> 8);
    out.write(length);
    out.write(type);
    out.write(flags);
    out.writeBytes(int32(stream));
    out.writeBytes(payload);
    return this;
  }

  /** Headers and message of a check, as literals that are not added to the table. */
  RawHttp2 check(int stream, byte[] message) {
    frame(HEADERS, END_HEADERS, stream, call(CHECK));
    return message(stream, message);
  }

  RawHttp2 message(int stream, byte[] message) {
    return frame(DATA, END_STREAM, stream, prefixed(message));
  }

  static byte[] prefixed(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  RawHttp2 flush() throws IOException {
    ByteBuffer all = ByteBuffer.wrap(out.toByteArray());
    out.reset();
    while (all.hasRemaining()) {
      channel.write(all);
    }
    return this;
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /** The header block of a gRPC call. */
  static byte[] call(String path) {
    return call(path, Map.of());
  }

  static byte[] call(String path, Map<String, String> more) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("content-type", "application/grpc");
    fields.put("te", "trailers");
    fields.putAll(more);
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(0x86); // :scheme http
    block.write(0x04); // :path
    text(block, path);
    block.write(0x01); // :authority
    text(block, "x");
    fields.forEach(
        (name, value) -> {
          block.write(0);
          text(block, name);
          text(block, value);
        });
    return block.toByteArray();
  }

  /** A text that is not Huffman-coded. */
  static void text(ByteArrayOutputStream block, String text) {
    int length = text.length();
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      int rest = length - 127;
      while (rest >= 128) {
        block.write((rest & 127) | 128);
        rest >>= 7;
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The next frame. */
  Frame read() throws IOException {
    int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & Integer.MAX_VALUE;
    Frame frame = new Frame(type, flags, stream, in.readNBytes(length));
    if (type == DATA) {
      dataRead += length;
    } else if (type == WINDOW_UPDATE && stream == 0) {
      windowGiven += ByteBuffer.wrap(frame.payload()).getInt();
    }
    return frame;
  }

  /** Bytes of DATA that were read. */
  int dataRead() {
    return dataRead;
  }

  /** Room on the connection that the server gave. */
  int windowGiven() {
    return windowGiven;
  }

  /** The next frame of a type; others are passed over. */
  Frame read(int type) throws IOException {
    Frame frame = read();
    while (frame.type() != type) {
      frame = read();
    }
    return frame;
  }

  /** Reads until the server has ended the connection; false where it does not say why. */
  boolean awaitGoodbye() {
    boolean said = false;
    try {
      while (true) {
        said |= read().type() == GOAWAY;
      }
    } catch (EOFException e) {
      return said;
    } catch (IOException e) {
      return said; // reset: there was something that the server did not read
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
