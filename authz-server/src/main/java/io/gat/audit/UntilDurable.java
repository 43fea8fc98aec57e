package io.gat.audit;

import io.gat.log.Appended;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes events for which nothing waits, since what they tell has happened already: one after the
 * other, again and again until the trail has each. What is not written at once is told at {@code
 * ERROR}. Where the trail does not know whether it has an event, the event may come twice.
 */
public final class UntilDurable implements AutoCloseable {
  private static final Logger LOG = System.getLogger(UntilDurable.class.getName());

  /** Such events are rare; more are told in the server's log alone. */
  private static final int MOST_WAITING = 256;

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final AuditTrail trail;
  private final Duration shortestPause;
  private final LinkedBlockingDeque<Step> waiting = new LinkedBlockingDeque<>(MOST_WAITING);
  private final Thread thread;
  private volatile boolean closed;

  private sealed interface Step {
    record Write(AuditEvent event) implements Step {}

    record End() implements Step {}
  }

  /**
   * In front of a trail.
   *
   * @param trail stays open when this is closed, and is closed after it
   * @param shortestPause before an event is tried again; doubled each time, up to 30 s
   */
  public UntilDurable(AuditTrail trail, Duration shortestPause) {
    this.trail = Objects.requireNonNull(trail);
    this.shortestPause = Objects.requireNonNull(shortestPause);
    this.thread = Thread.ofVirtual().name("gat-audit-until-durable").start(this::run);
  }

  /** Takes an event; nobody waits for it. */
  public void record(AuditEvent event) {
    if (closed || !waiting.offer(new Step.Write(event))) {
      LOG.log(Level.ERROR, "never recorded in the audit log: {0}", told(event));
    }
  }

  private void run() {
    try {
      while (waiting.take() instanceof Step.Write(AuditEvent event)) {
        write(event);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Step step : waiting) {
      if (step instanceof Step.Write(AuditEvent event)) {
        LOG.log(Level.ERROR, "never recorded in the audit log: {0}", told(event));
      }
    }
  }

  private void write(AuditEvent event) throws InterruptedException {
    Duration pause = shortestPause;
    boolean first = true;
    while (!(once(event) instanceof Appended.At)) {
      if (closed) {
        LOG.log(Level.ERROR, "never recorded in the audit log: {0}", told(event));
        return;
      }
      if (first) {
        LOG.log(Level.ERROR, "not recorded in the audit log yet, tried again: {0}", told(event));
      }
      first = false;
      pause(pause);
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }
    if (!first) {
      LOG.log(Level.INFO, "recorded in the audit log after all: {0}", told(event));
    }
  }

  private Appended once(AuditEvent event) throws InterruptedException {
    try {
      return trail.record(event).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return new Appended.Unknown(e.toString());
    }
  }

  private synchronized void pause(Duration pause) throws InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    for (long rest = pause.toNanos(); rest > 0 && !closed; rest = end - System.nanoTime()) {
      wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(rest)));
    }
  }

  private static String told(AuditEvent event) {
    return event.action().word() + " " + event.details();
  }

  /** Tries what waits once more; what is not written then is told in the server's log. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      if (!waiting.offer(new Step.End()) || !thread.join(CLOSE_PATIENCE)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
