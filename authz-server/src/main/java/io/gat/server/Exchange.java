package io.gat.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request on one connection, from its first frame until its answer was written, its caller gave
 * up, or the connection ended; whichever comes first gives its slot back, and nothing gives it back
 * twice.
 */
final class Exchange {
  /** What is known of the method that is called. */
  enum Kind {
    UNKNOWN,
    /** A check: it needs a slot. */
    CHECK,
    /** Health or reflection: always served, and it may last. */
    OTHER
  }

  private final int stream;
  private final long readAt;
  private final AdaptiveLimit limit;
  private boolean holdsSlot;
  private boolean ended;
  private volatile boolean abandoned;
  private @Nullable Thread thread;
  private @Nullable Runnable onAbandon;
  private volatile long endedAt;
  private volatile boolean complete;
  private volatile boolean refused;
  private volatile Kind kind = Kind.UNKNOWN;

  /**
   * A request that has begun.
   *
   * @param readAt when its headers were read, as {@link System#nanoTime()}
   */
  Exchange(int stream, long readAt, AdaptiveLimit limit) {
    this.stream = stream;
    this.readAt = readAt;
    this.limit = limit;
  }

  int stream() {
    return stream;
  }

  /** When its headers were read, as {@link System#nanoTime()}. */
  long readAt() {
    return readAt;
  }

  /** The whole request was read: now, and not before, it takes a slot. */
  synchronized void completed() {
    if (complete || ended) {
      return;
    }
    complete = true;
    holdsSlot = limit.tryAcquire();
    refused = !holdsSlot;
  }

  boolean isComplete() {
    return complete;
  }

  /** Whether there was no slot for it. */
  boolean isRefused() {
    return refused;
  }

  void is(Kind known) {
    kind = known;
  }

  Kind kind() {
    return kind;
  }

  /** Runs the answering of this exchange on the current thread, unless it was abandoned. */
  void run(Runnable answering) {
    synchronized (this) {
      if (abandoned) {
        return;
      }
      thread = Thread.currentThread();
    }
    try {
      answering.run();
    } finally {
      synchronized (this) {
        thread = null;
      }
      end();
    }
  }

  /** Gives the slot back; does nothing the second time. */
  synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    endedAt = System.nanoTime();
    if (holdsSlot) {
      limit.release(Duration.ofNanos(endedAt - readAt));
    }
  }

  synchronized boolean hasEnded() {
    return ended;
  }

  /** How long its caller has owed the rest of the request, or has not taken the answer. */
  synchronized Duration owing(long now) {
    if (kind == Kind.OTHER || (complete && !ended)) {
      return Duration.ZERO;
    }
    return Duration.ofNanos(Math.max(0, now - (complete ? endedAt : readAt)));
  }

  /** Calls this once it is abandoned, on another thread; at once where it is already. */
  synchronized void whenAbandoned(Runnable what) {
    if (abandoned) {
      Thread.ofVirtual().name("gat-abandoned").start(what);
    } else {
      onAbandon = what;
    }
  }

  /** Whether its connection or stream ended before it did. */
  boolean isAbandoned() {
    return abandoned;
  }

  /** The stream is gone: whoever still waits for the rest of the request waits in vain. */
  synchronized void abandon() {
    boolean isNew = !abandoned;
    abandoned = true;
    if (isNew && onAbandon != null) {
      // Not here: whoever is told may take locks of its own.
      Thread.ofVirtual().name("gat-abandoned").start(onAbandon);
    }
    Thread waiting = thread;
    if (waiting != null && waiting != Thread.currentThread()) {
      waiting.interrupt();
    }
    end();
  }
}
