package io.gat.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
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

  /** A writer for one connection. */
  GatheringWriter onto(DataWriter socket) {
    return new GatheringWriter(socket);
  }

  /** Writes to one connection. All fields are guarded by its lock. */
  final class GatheringWriter implements DataWriter {
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

    /** How much DATA the peer takes on the connection, in bytes. */
    private long window = WINDOW;

    /** How much of it is kept from Helidon for refusals, in [0, window]. */
    private long reserve;

    /** Whether Helidon has answered since the peer's last settings, which it must do first. */
    private boolean settled;

    private int resets;
    private volatile IntConsumer onReset = stream -> {};

    /** The thread whose bytes the socket is taking, and since when. */
    private volatile @Nullable Thread writing;

    private volatile long writingSince;
    private volatile boolean sent;

    private GatheringWriter(DataWriter socket) {
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
        }
        int start = size;
        keep(frame, length);
        note(start, length);
        if (Http2Frames.isWindowUpdate(kept, start, length)) {
          makeRoom(start);
        } else if (!current.isBound()
            || length > MOST_KEPT
            || Http2Frames.isPartOfMessage(kept, start, length)) {
          send();
        } else {
          current.get().writer = this;
        }
      } finally {
        lock.unlock();
      }
    }

    private void note(int start, int length) {
      if (length >= Http2Frames.HEAD) {
        switch (Http2Frames.type(kept, start)) {
          case Http2Frames.DATA -> window -= length - Http2Frames.HEAD;
          case Http2Frames.HEADERS -> settled = true;
          case Http2Frames.RST_STREAM -> {
            resets++;
            onReset.accept(Http2Frames.stream(kept, start));
          }
          default -> {}
        }
      }
    }

    /**
     * Keeps an answer that is not Helidon's own until the next {@link #flush}.
     *
     * @param frames whole frames whose headers use no compression state
     * @param data how many bytes of them are payload of DATA
     * @return false where it cannot be written now
     */
    boolean keepRefusal(byte[] frames, int data) {
      lock.lock();
      try {
        if (!settled || reserve < data) {
          return false;
        }
        window -= data;
        reserve -= data;
        keepNow(frames);
        return true;
      } finally {
        lock.unlock();
      }
    }

    /** Sends a frame that is not Helidon's own, and whatever is kept. */
    void sendFrame(byte[] frame) {
      lock.lock();
      try {
        keepNow(frame);
        send();
      } finally {
        lock.unlock();
      }
    }

    private void keepNow(byte[] frames) {
      if (size + frames.length > MOST_KEPT) {
        send();
      }
      reserve(frames.length);
      System.arraycopy(frames, 0, kept, size, frames.length);
      size += frames.length;
    }

    /** The peer's settings may ask for what only Helidon's next header block can do. */
    void settingsArrived() {
      lock.lock();
      try {
        settled = false;
      } finally {
        lock.unlock();
      }
    }

    /**
     * The peer made room on the connection. Half of all room is for refusals: Helidon, which does
     * not know of them, must never send more than the peer takes.
     *
     * @return how much of it Helidon may know of, in [0, increment]
     */
    int roomArrived(int increment) {
      lock.lock();
      try {
        window += increment;
        long more = Math.clamp(window / 2 - reserve, 0, increment);
        reserve += more;
        return increment - (int) more;
      } finally {
        lock.unlock();
      }
    }

    /**
     * DATA of the peer was dropped; it gets its room back.
     *
     * @param stream where more of it is to come; 0 for none
     */
    void dataDropped(int stream, int length) {
      lock.lock();
      try {
        credit += length;
        if (stream != 0 && length > 0) {
          reserve(Http2Frames.WINDOW_UPDATE_LENGTH);
          Http2Frames.putWindowUpdate(kept, size, stream, length);
          size += Http2Frames.WINDOW_UPDATE_LENGTH;
        }
        if (credit >= MOST_CREDIT) {
          send();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Streams that Helidon has reset. */
    int resets() {
      lock.lock();
      try {
        return resets;
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
        Http2Frames.putWindowUpdate(kept, size, 0, credit);
        size += Http2Frames.WINDOW_UPDATE_LENGTH;
        credit = 0;
      }
      if (size > 0) {
        BufferData all = BufferData.create(kept, 0, size);
        size = 0; // also where the socket is gone: nobody would take it later
        answers = 0;
        writingSince = System.nanoTime();
        writing = Thread.currentThread();
        try {
          socket.writeNow(all);
          sent = true;
        } finally {
          writing = null;
        }
      }
    }

    /** Says who is told of each stream that Helidon resets. */
    void onReset(IntConsumer listener) {
      onReset = listener;
    }

    /** Whether the peer was sent anything, of which the first is Helidon's settings. */
    boolean hasSent() {
      return sent;
    }

    /** How long the peer has not taken what is being written; any thread may ask. */
    Duration stuckFor() {
      return writing == null
          ? Duration.ZERO
          : Duration.ofNanos(Math.max(0, System.nanoTime() - writingSince));
    }

    /** Ends the connection of a peer that takes nothing: its lock is held until then. */
    void giveUpWriting() {
      Thread stuck = writing;
      if (stuck != null) {
        stuck.interrupt(); // which closes the channel
      }
    }
  }
}
