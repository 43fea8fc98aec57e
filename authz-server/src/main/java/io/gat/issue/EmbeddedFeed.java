package io.gat.issue;

import io.gat.log.LogException;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The feed from {@link Revocations} to the authz server of the same process: a view after each
 * change, and a renewed lease every quarter of the shortest max-staleness.
 *
 * <p>Probe, tick, proof: the clocks are read first, then the log acknowledges a write, and once all
 * that it had acknowledged by then is in force, the lease runs from the first moment. So it never
 * vouches for more than is known, and an issuer that has lost its log vouches no more. The control
 * plane's stream will send {@link FeedView}s to the same listener.
 */
public final class EmbeddedFeed implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EmbeddedFeed.class.getName());
  private static final int RENEWALS = 4;

  private final Revocations revocations;
  private final Duration maxStaleness;
  private final Duration strictest;
  private final Moment.Source clock;
  private final Timer timer;
  private final Consumer<FeedView> listener;
  private final Runnable onChange = this::publish;
  private Lease lease;
  private @Nullable Runnable cancel;
  private boolean closed;

  /** Runs a task again and again. */
  @FunctionalInterface
  public interface Timer {
    /**
     * Runs the task once per period, first after one period.
     *
     * @return what stops it
     */
    Runnable every(Duration period, Runnable task);

    /** A timer with one thread of its own, which does not keep the process alive. */
    static Timer ownThread(String name) {
      return (period, task) -> {
        ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
        var _ =
            thread.scheduleWithFixedDelay(
                task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
        return thread::shutdownNow;
      };
    }
  }

  /**
   * A feed that has not started.
   *
   * @param maxStaleness what leases are made of; above 0, default 5 s
   * @param strictest the shortest that anything is judged by; in (0, maxStaleness]
   * @param listener takes each view, in order; returns fast and does not call back
   */
  public EmbeddedFeed(
      Revocations revocations,
      Duration maxStaleness,
      Duration strictest,
      Moment.Source clock,
      Timer timer,
      Consumer<FeedView> listener) {
    if (!strictest.isPositive() || strictest.compareTo(maxStaleness) > 0) {
      throw new IllegalArgumentException("max-staleness must be above 0");
    }
    this.revocations = Objects.requireNonNull(revocations);
    this.maxStaleness = maxStaleness;
    this.strictest = strictest;
    this.clock = Objects.requireNonNull(clock);
    this.timer = Objects.requireNonNull(timer);
    this.listener = Objects.requireNonNull(listener);
    this.lease = Lease.none(clock.now());
  }

  /**
   * Publishes a first view before it returns, and goes on until {@link #close}. Once.
   *
   * @throws LogException where the log vouches for nothing
   */
  public void start() {
    synchronized (revocations) {
      if (closed || cancel != null) {
        throw new IllegalStateException("a feed starts once");
      }
      revocations.onChange(onChange);
      cancel = timer.every(strictest.dividedBy(RENEWALS), this::renew);
    }
    prove();
  }

  /**
   * A renewal that fails is reported and tried again; meanwhile the lease runs on towards its end.
   */
  private void renew() {
    try {
      prove();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the feed could not renew its lease: {0}", e.getMessage());
    }
  }

  private void prove() {
    Moment probe = clock.now();
    var _ = patiently(revocations.vouch());
    synchronized (revocations) {
      lease = Lease.proved(probe, maxStaleness);
      publish();
    }
  }

  /** What takes longer than a lease runs is no use to anybody. */
  private <T> T patiently(CompletableFuture<T> future) {
    try {
      return future.get(maxStaleness.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new LogException("the log takes longer than " + maxStaleness);
    } catch (ExecutionException e) {
      throw new LogException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogException("interrupted");
    }
  }

  /** The revocations' monitor is the one lock: whoever changes them holds it, too. */
  private void publish() {
    synchronized (revocations) {
      if (closed) {
        return;
      }
      Revocations.State state = revocations.state();
      listener.accept(new FeedView(lease, state.epoch(), state.revocations()));
    }
  }

  /** Stops renewing: the last lease runs out by itself. */
  @Override
  public void close() {
    synchronized (revocations) {
      closed = true;
      revocations.remove(onChange);
      if (cancel != null) {
        cancel.run();
        cancel = null;
      }
    }
  }
}
