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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes the decision records of denials, errors, and whatever a candidate disagrees about, as JSON
 * lines; of checks that were refused because there were too many, none.
 *
 * <p>A check never waits for the output: records go through a bounded queue to one writer thread.
 * Where the queue is full or the output fails, a record is dropped and counted.
 */
public final class DecisionLog implements DecisionObserver, AutoCloseable {
  private static final Logger LOG = System.getLogger(DecisionLog.class.getName());

  /** How long {@link #close} waits for an output that takes nothing any more. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final OutputStream output;
  private final BlockingQueue<Entry> queue;
  private final LongAdder dropped = new LongAdder();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread writer;

  private sealed interface Entry {
    record Line(DecisionRecord decision) implements Entry {}

    record End() implements Entry {}
  }

  /**
   * A log that is being written from now on.
   *
   * @param output stays open when the log is closed: it belongs to the caller
   * @param capacity how many records may wait, in [1, ∞)
   */
  public DecisionLog(OutputStream output, int capacity) {
    this.output = Objects.requireNonNull(output);
    this.queue = new ArrayBlockingQueue<>(capacity);
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
          enqueue(allow, trial, took);
        }
      }
      case Decision.Deny deny -> enqueue(deny, trial, took);
      case Decision.Failed failed -> {
        // Those are many and all alike, and would push out all others: they are counted only.
        if (failed.reason() != Reason.OVERLOADED) {
          enqueue(failed, trial, took);
        }
      }
    }
  }

  /** The record is made here and not by the writer, so that no request waits in the queue whole. */
  private void enqueue(Decision decision, Trial trial, Duration took) {
    if (closed.get()
        || queue.remainingCapacity() == 0
        || !queue.offer(new Entry.Line(DecisionRecord.of(decision, trial, took)))) {
      dropped.increment();
    }
  }

  /** How many records were not written so far, in [0, ∞). */
  public long dropped() {
    return dropped.sum();
  }

  private void write() {
    OutputState state = OutputState.WORKS;
    try {
      while (true) {
        Entry entry = queue.take();
        switch (entry) {
          case Entry.End end -> {
            return;
          }
          case Entry.Line line -> state = write(line.decision(), state);
        }
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
  private OutputState write(DecisionRecord decision, OutputState before) {
    try {
      output.write((DecisionRecordJson.write(decision) + "\n").getBytes(StandardCharsets.UTF_8));
      if (queue.isEmpty()) {
        output.flush();
      }
      return OutputState.WORKS;
    } catch (IOException e) {
      dropped.increment();
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
      if (queue.offer(new Entry.End(), CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        writer.join(CLOSE_PATIENCE);
      }
      output.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the decision log cannot be flushed", e);
    }
  }
}
