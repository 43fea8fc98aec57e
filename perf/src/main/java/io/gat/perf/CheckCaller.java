package io.gat.perf;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/**
 * One HTTP/2 connection that makes checks as Envoy does: compressed headers, a {@code
 * grpc-timeout}, and a RST_STREAM where an answer is late. It sends only what the server has room
 * for.
 */
final class CheckCaller implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int STREAMS = 1 << 16;
  private static final int FIRST_WINDOW = 65_535;
  private static final byte[] OVERLOADED = "overloaded".getBytes(StandardCharsets.US_ASCII);

  /** Is told how each call ended. */
  interface Listener {
    /**
     * An answer with a decision.
     *
     * @param due when the call was to be made, in ns
     */
    void decided(long due);

    /** The server had no room for it. */
    void refused(long due);

    /** The connection ended before an answer. */
    void lost();
  }

  private final SocketChannel channel;
  private final DataInputStream in;
  private final Listener listener;
  private final byte[] firstHeaders;
  private final AtomicLongArray due = new AtomicLongArray(STREAMS);
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger window = new AtomicInteger(FIRST_WINDOW);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private volatile boolean closing;
  private int stream = 1;
  private int oldest = 1;

  CheckCaller(Path socket, Duration timeout, Listener listener) throws IOException {
    this.channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    this.in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
    this.listener = listener;
    this.firstHeaders = firstHeaders(timeout);
    synchronized (out) {
      out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(SETTINGS, 0, 0, new byte[0]);
      frame(WINDOW_UPDATE, 0, 0, int32(1 << 30));
      flush();
    }
    Thread.ofPlatform().name("perf-reader").daemon().start(this::read);
  }

  /** Five fields that the server's table keeps; later calls name them by number. */
  private static byte[] firstHeaders(Duration timeout) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(0x86); // :scheme http
    block.write(0x44); // :path
    text(block, "/envoy.service.auth.v3.Authorization/Check");
    block.write(0x41); // :authority
    text(block, "gat");
    block.write(0x5f); // content-type
    text(block, "application/grpc");
    block.write(0x40);
    text(block, "te");
    text(block, "trailers");
    block.write(0x40);
    text(block, "grpc-timeout");
    text(block, timeout.toMillis() + "m");
    return block.toByteArray();
  }

  private static final byte[] LATER_HEADERS = {
    (byte) 0x83, (byte) 0x86, (byte) 0xc2, (byte) 0xc1, (byte) 0xc0, (byte) 0xbf, (byte) 0xbe
  };

  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  int inFlight() {
    return inFlight.get();
  }

  /**
   * Adds a call to what {@link #send} sends.
   *
   * @return false where the server has no room for it now
   */
  boolean call(byte[] message, long dueNanos) {
    synchronized (out) {
      if (window.get() < message.length + 5) {
        return false;
      }
      window.addAndGet(-message.length - 5);
      due.set(index(stream), dueNanos);
      inFlight.incrementAndGet();
      frame(HEADERS, END_HEADERS, stream, stream == 1 ? firstHeaders : LATER_HEADERS);
      byte[] prefixed =
          ByteBuffer.allocate(5 + message.length)
              .put((byte) 0)
              .putInt(message.length)
              .put(message)
              .array();
      frame(DATA, END_STREAM, stream, prefixed);
      stream += 2;
      return true;
    }
  }

  /** Gives up calls that were due before the given time, as Envoy does after its timeout. */
  int giveUp(long before) {
    int given = 0;
    synchronized (out) {
      for (; oldest < stream; oldest += 2) {
        long at = due.get(index(oldest));
        if (at != 0 && at - before > 0) {
          break;
        }
        if (at != 0 && due.compareAndSet(index(oldest), at, 0)) {
          inFlight.decrementAndGet();
          frame(RST_STREAM, 0, oldest, int32(8));
          given++;
        }
      }
    }
    return given;
  }

  void send() throws IOException {
    synchronized (out) {
      flush();
    }
  }

  private static int index(int stream) {
    return (stream >> 1) % STREAMS;
  }

  private void read() {
    try {
      while (true) {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int about = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = in.readNBytes(length);
        arrived(type, flags, about, payload);
      }
    } catch (IOException e) {
      for (int lost = closing ? 0 : inFlight.getAndSet(0); lost > 0; lost--) {
        listener.lost();
      }
    }
  }

  private int refusedStream;
  private int received;

  private void arrived(int type, int flags, int about, byte[] payload) throws IOException {
    switch (type) {
      case DATA -> {
        received += payload.length;
        if (contains(payload, OVERLOADED)) {
          refusedStream = about;
        }
      }
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          control(SETTINGS, ACK, new byte[0]);
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          control(PING, ACK, payload);
        }
      }
      case WINDOW_UPDATE -> {
        if (about == 0) {
          window.addAndGet(ByteBuffer.wrap(payload).getInt());
        }
      }
      case RST_STREAM -> ended(about, listener::refused);
      default -> {}
    }
    if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
      ended(about, about == refusedStream ? listener::refused : listener::decided);
    }
    if (received > 1 << 20) {
      control(WINDOW_UPDATE, 0, int32(received));
      received = 0;
    }
  }

  private void ended(int about, LongConsumer how) {
    long at = due.getAndSet(index(about), 0);
    if (at != 0) {
      inFlight.decrementAndGet();
      how.accept(at);
    }
  }

  private void control(int type, int flags, byte[] payload) throws IOException {
    synchronized (out) {
      frame(type, flags, 0, payload);
      flush();
    }
  }

  private static boolean contains(byte[] bytes, byte[] word) {
    outer:
    for (int i = 0; i <= bytes.length - word.length; i++) {
      for (int n = 0; n < word.length; n++) {
        if (bytes[i + n] != word[n]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }

  private void frame(int type, int flags, int about, byte[] payload) {
    out.write(payload.length >> 16);
    out.write(payload.length >> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    out.writeBytes(int32(about));
    out.writeBytes(payload);
  }

  private void flush() throws IOException {
    ByteBuffer all = ByteBuffer.wrap(out.toByteArray());
    out.reset();
    while (all.hasRemaining()) {
      channel.write(all);
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    channel.close();
  }
}
