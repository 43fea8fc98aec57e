package io.gat.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers in few pieces, and keeps the connection's flow-control window right.
 *
 * <p>Helidon writes the answer of a unary call as three frames, each by its own system call: head,
 * message, trailers. Envoy is then woken three times for one check. What a thread writes
 * {@linkplain #during during a call} is therefore kept until the call ends. Then it waits for one
 * turn of the scheduler: calls that are about to be answered on the same connection add their
 * answers. At {@value #ANSWERS_AT_ONCE} answers everything goes out; with more, Envoy would idle
 * while gat works.
 *
 * <p>The frames of all calls on a connection stay in the order in which Helidon wrote them, which
 * its header compression relies on (RFC 7541, section 2.2): whoever writes something that may not
 * wait sends everything kept so far along with it. Three things may not wait: what is written
 * outside a call that gathers (settings, pings, streaming calls), a message in several frames (the
 * caller may have to make room for the next one, RFC 9113, section 5.2), and more than 64 KiB.
 *
 * <p>With windows of more than 64 KiB, Helidon 4.5 adds up the room it has to give back on the
 * connection without synchronization between its streams' threads: sometimes it sends an increment
 * of 0, which ends the connection with all its checks (RFC 9113, section 6.9), sometimes it forgets
 * some. With {@link #WINDOW} it reports each received frame at once; these reports are added up
 * here. They may wait until {@value #MOST_CREDIT} bytes, a quarter of the window, so a caller never
 * waits for one that is kept.
 *
 * <p>Thread-safe. One lock for each connection, held while the socket takes the bytes: as without
 * this class, a caller that reads slowly delays the other calls of its own connection only.
 */
final class GatheredWrites {
  /** The initial window that makes Helidon report each received frame, in bytes. */
  static final int WINDOW = 65_535;

  private static final int MOST_CREDIT = 16 * 1024;
  private static final int MOST_KEPT = 64 * 1024;
  private static final int ANSWERS_AT_ONCE = 3;

  /** The call that the current thread answers. */
  private final ScopedValue<Call> current = ScopedValue.newInstance();

  /** What a call has written to; it belongs to the call's thread. */
  private static final class Call {
    private @Nullable GatheringWriter writer;
  }

  /**
   * Runs the answering part of a unary call, and sends what this thread wrote when it ends.
   *
   * @throws io.helidon.common.socket.SocketWriterException where the caller is gone
   */
  void during(Runnable answering) {
    Call call = new Call();
    try {
      ScopedValue.where(current, call).run(answering);
    } finally {
      if (call.writer != null) {
        call.writer.sendWithOthers();
      }
    }
  }

  /** The same protocol, with this writer below it. */
  ServerConnectionSelector below(ServerConnectionSelector protocol) {
    return new ServerConnectionSelector() {
      @Override
      public int bytesToIdentifyConnection() {
        return protocol.bytesToIdentifyConnection();
      }

      @Override
      public Support supports(BufferData data) {
        return protocol.supports(data);
      }

      @Override
      public Set<String> supportedApplicationProtocols() {
        return protocol.supportedApplicationProtocols();
      }

      @Override
      public ServerConnection connection(ConnectionContext context) {
        return protocol.connection(new GatheringConnection(context, onto(context.dataWriter())));
      }
    };
  }

  /** A writer for one connection. */
  DataWriter onto(DataWriter socket) {
    return new GatheringWriter(socket);
  }

  /** Writes to one connection. All fields are guarded by its lock. */
  private final class GatheringWriter implements DataWriter {
    private final DataWriter socket;
    private final Lock lock = new ReentrantLock();
    private byte[] kept = new byte[4096];
    private int size;

    /** Answers that are kept. */
    private int answers;

    /** Whether a call has gone to fetch more answers, and will send everything. */
    private boolean sender;

    /** Room on the connection that the peer does not know of yet, in bytes. */
    private int credit;

    GatheringWriter(DataWriter socket) {
      this.socket = socket;
    }

    @Override
    public void write(BufferData... buffers) {
      writeNow(buffers);
    }

    @Override
    public void write(BufferData buffer) {
      writeNow(buffer);
    }

    @Override
    public void writeNow(BufferData... buffers) {
      writeNow(BufferData.create(buffers));
    }

    @Override
    public void writeNow(BufferData frame) {
      lock.lock();
      try {
        int length = frame.available();
        if (size + length > MOST_KEPT) {
          send();
          socket.writeNow(frame);
          return;
        }
        int start = size;
        keep(frame, length);
        if (Http2Frames.isWindowUpdate(kept, start, length)) {
          makeRoom(start);
        } else if (!current.isBound() || Http2Frames.isPartOfMessage(kept, start, length)) {
          send();
        } else {
          current.get().writer = this;
        }
      } finally {
        lock.unlock();
      }
    }

    /** Takes the connection's own updates out; those of a stream stay where they are. */
    private void makeRoom(int start) {
      if (Http2Frames.stream(kept, start) == 0) {
        credit += Http2Frames.increment(kept, start);
        size = start;
      }
      if (credit >= MOST_CREDIT) {
        send();
      }
    }

    /** Lets the calls that are about to be answered add their answers first. */
    @SuppressWarnings("ThreadPriorityCheck") // it only makes the pieces larger
    void sendWithOthers() {
      lock.lock();
      try {
        answers++;
        if (answers >= ANSWERS_AT_ONCE) {
          send();
          return;
        }
        if (sender) {
          return;
        }
        sender = true;
      } finally {
        lock.unlock();
      }
      Thread.yield();
      lock.lock();
      try {
        sender = false;
        send();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void flush() {
      lock.lock();
      try {
        send();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      flush();
      socket.close();
    }

    private void keep(BufferData frame, int length) {
      reserve(length);
      frame.read(kept, size, length);
      size += length;
    }

    private void reserve(int length) {
      if (size + length > kept.length) {
        kept = Arrays.copyOf(kept, Math.max(size + length, 2 * kept.length));
      }
    }

    private void send() {
      if (credit >= MOST_CREDIT / 2) {
        reserve(Http2Frames.WINDOW_UPDATE_LENGTH);
        Http2Frames.putWindowUpdate(kept, size, credit);
        size += Http2Frames.WINDOW_UPDATE_LENGTH;
        credit = 0;
      }
      if (size > 0) {
        BufferData all = BufferData.create(kept, 0, size);
        size = 0; // also where the socket is gone: nobody would take it later
        answers = 0;
        socket.writeNow(all);
      }
    }
  }

  /** A connection of Helidon's whose writer is another one. */
  private record GatheringConnection(ConnectionContext connection, DataWriter dataWriter)
      implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return connection.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return connection.executor();
    }

    @Override
    public DataReader dataReader() {
      return connection.dataReader();
    }

    @Override
    public Router router() {
      return connection.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return connection.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return connection.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return connection.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return connection.localPeer();
    }

    @Override
    public boolean isSecure() {
      return connection.isSecure();
    }

    @Override
    public String socketId() {
      return connection.socketId();
    }

    @Override
    public String childSocketId() {
      return connection.childSocketId();
    }
  }
}
