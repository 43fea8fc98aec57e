package io.gat.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be written, bounded. What takes away may fill it twice as far as what grants, so
 * that a flood of grants keeps no revocation out.
 */
final class WorkQueue {
  /** Rows of one transaction: a longer one makes the first of them wait for the last. */
  private static final int BATCH_ROWS = 1_024;

  private static final long BATCH_BYTES = 4L * 1024 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final ArrayDeque<Work.Append> appends = new ArrayDeque<>();
  private final ArrayDeque<Work.Compaction> compactions = new ArrayDeque<>();
  private final ArrayDeque<Tick> ticks = new ArrayDeque<>();
  private final int mostRows;
  private final long mostBytes;
  private long offered;
  private long taken;
  private int rows;
  private long bytes;
  private boolean closed;

  WorkQueue(int mostRows, long mostBytes) {
    this.mostRows = mostRows;
    this.mostBytes = mostBytes;
  }

  /**
   * A tick that waits.
   *
   * @param after how many appends were let in before it: it is written with the last of them, or
   *     after it
   */
  private record Tick(long after, CompletableFuture<Appended> done) {}

  /**
   * What is written at once.
   *
   * @param ticks of those who wait for a tick, and for no append beyond these
   * @param last true where nothing comes any more
   */
  record Batch(
      List<Work.Append> appends,
      List<CompletableFuture<Appended>> ticks,
      Optional<Work.Compaction> compaction,
      boolean last) {}

  /** Whether something was let in. */
  enum Entrance {
    TAKEN,
    CROWDED,
    CLOSED
  }

  Entrance offer(Work.Append append) {
    int factor =
        switch (append.effect()) {
          case GRANTS -> 1;
          case TAKES_AWAY -> 2;
        };
    lock.lock();
    try {
      if (closed) {
        return Entrance.CLOSED;
      }
      if (rows >= factor * mostRows || bytes >= factor * mostBytes) {
        return Entrance.CROWDED;
      }
      appends.add(append);
      offered++;
      rows += append.rows().size();
      bytes += append.bytes();
      more.signal();
      return Entrance.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  Entrance offer(Work.Compaction compaction) {
    lock.lock();
    try {
      if (closed) {
        return Entrance.CLOSED;
      }
      compactions.add(compaction);
      more.signal();
      return Entrance.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A tick after all that waits now, which all share who ask before another append comes; empty
   * where the queue is closed.
   */
  Optional<CompletableFuture<Appended>> tick() {
    lock.lock();
    try {
      if (closed) {
        return Optional.empty();
      }
      if (ticks.isEmpty() || ticks.getLast().after() < offered) {
        ticks.add(new Tick(offered, new CompletableFuture<>()));
        more.signal();
      }
      return Optional.of(ticks.getLast().done());
    } finally {
      lock.unlock();
    }
  }

  /** Waits for something to do, but not forever. The batch may be empty. */
  Batch next(long patience, TimeUnit unit) throws InterruptedException {
    lock.lock();
    try {
      long rest = unit.toNanos(patience);
      while (appends.isEmpty() && compactions.isEmpty() && ticks.isEmpty() && !closed && rest > 0) {
        rest = more.awaitNanos(rest);
      }
      return take();
    } finally {
      lock.unlock();
    }
  }

  private Batch take() {
    List<Work.Append> next = new ArrayList<>();
    int takenRows = 0;
    long takenBytes = 0;
    while (!appends.isEmpty() && takenRows < BATCH_ROWS && takenBytes < BATCH_BYTES) {
      Work.Append append = appends.remove();
      next.add(append);
      takenRows += append.rows().size();
      takenBytes += append.bytes();
    }
    rows -= takenRows;
    bytes -= takenBytes;
    taken += next.size();
    List<CompletableFuture<Appended>> due = new ArrayList<>();
    while (!ticks.isEmpty() && ticks.getFirst().after() <= taken) {
      due.add(ticks.remove().done());
    }
    Optional<Work.Compaction> compaction = Optional.ofNullable(compactions.poll());
    boolean last = closed && next.isEmpty() && compaction.isEmpty() && due.isEmpty();
    return new Batch(next, due, compaction, last);
  }

  /** How many rows wait. */
  int waiting() {
    lock.lock();
    try {
      return rows;
    } finally {
      lock.unlock();
    }
  }

  /** Lets nothing in any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      more.signal();
    } finally {
      lock.unlock();
    }
  }
}
