package io.gat.telemetry;

import io.gat.decide.Decision;
import io.gat.decide.DecisionObserver;
import io.gat.decide.DecisionRecord;
import io.gat.decide.Reason;
import io.gat.decide.Trial;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes the decision records of denials, errors, and whatever a candidate disagrees about, as JSON
 * lines; of checks that were refused because there were too many, none.
 *
 * <p>A check never waits for the output: records go through bounded queues to one writer thread.
 * Allowed calls that the candidate disagrees about have a queue of their own, which is written when
 * no denial waits: they can be as many as the calls, and push out nothing. Where a queue is full or
 * the output fails, a record is dropped and counted.
 */
public final class DecisionLog implements DecisionObserver, AutoCloseable {
  private static final Logger LOG = System.getLogger(DecisionLog.class.getName());

  /** How long {@link #close} waits for an output that takes nothing any more. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final OutputStream output;
  private final Lane refusals;
  private final Lane disagreements;

  /** One permit for each record that waits, and one for the end. */
  private final Semaphore waiting = new Semaphore(0);

  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread writer;

  /** Records of one kind. */
  private static final class Lane {
    private final Queue<DecisionRecord> queue;
    private final int capacity;
    private final LongAdder dropped = new LongAdder();

    Lane(int capacity) {
      this.queue = new ArrayBlockingQueue<>(capacity);
      this.capacity = capacity;
    }
  }

  /**
   * A log that is being written from now on.
   *
   * @param output stays open when the log is closed: it belongs to the caller
   * @param capacity how many records of denials and errors may wait, in [1, ∞), and a quarter of
   *     that of allowed calls that the candidate disagrees about
   */
  public DecisionLog(OutputStream output, int capacity) {
    this.output = Objects.requireNonNull(output);
    this.refusals = new Lane(capacity);
    this.disagreements = new Lane((capacity + 3) / 4);
    this.writer = Thread.ofPlatform().daemon().name("gat-decision-log").start(this::write);
  }

  @Override
  public void decided(Decision decision, Duration took) {
    decided(decision, new Trial.None(), took);
  }

  @Override
  public void decided(Decision decision, Trial trial, Duration took) {
    switch (decision) {
      case Decision.Allow allow -> {
        if (trial.disagreement().isPresent()) {
          enqueue(disagreements, allow, trial, took);
        }
      }
      case Decision.Deny deny -> enqueue(refusals, deny, trial, took);
      case Decision.Failed failed -> {
        // Those are many and all alike, and would push out all others: they are counted only.
        if (failed.reason() != Reason.OVERLOADED) {
          enqueue(refusals, failed, trial, took);
        }
      }
    }
  }

  /** The record is made here and not by the writer, so that no request waits in the queue whole. */
  private void enqueue(Lane lane, Decision decision, Trial trial, Duration took) {
    if (closed.get()
        || lane.queue.size() >= lane.capacity
        || !lane.queue.offer(DecisionRecord.of(decision, trial, took))) {
      lane.dropped.increment();
    } else {
      waiting.release();
    }
  }

  /** How many records of denials and errors were not written so far, in [0, ∞). */
  public long dropped() {
    return refusals.dropped.sum();
  }

  /** How many records of allowed calls were not written so far, in [0, ∞). */
  public long disagreementsDropped() {
    return disagreements.dropped.sum();
  }

  private void write() {
    OutputState state = OutputState.WORKS;
    try {
      while (true) {
        waiting.acquire();
        Lane lane = refusals.queue.isEmpty() ? disagreements : refusals;
        DecisionRecord next = lane.queue.poll();
        if (next == null) {
          return; // the one permit that stands for no record
        }
        state = write(lane, next, state);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody but the machine's end interrupts this thread
    }
  }

  private enum OutputState {
    WORKS,
    FAILS
  }

  /** Tells of a failing output once, not once per record. */
  private OutputState write(Lane lane, DecisionRecord decision, OutputState before) {
    try {
      output.write((DecisionRecordJson.write(decision) + "\n").getBytes(StandardCharsets.UTF_8));
      if (refusals.queue.isEmpty() && disagreements.queue.isEmpty()) {
        output.flush();
      }
      return OutputState.WORKS;
    } catch (IOException e) {
      lane.dropped.increment();
      if (before == OutputState.WORKS) {
        LOG.log(Level.ERROR, "decision records cannot be written and are dropped", e);
      }
      return OutputState.FAILS;
    }
  }

  /** Writes what is waiting, then stops; later decisions are dropped. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      waiting.release();
      writer.join(CLOSE_PATIENCE);
      output.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the decision log cannot be flushed", e);
    }
  }
}
