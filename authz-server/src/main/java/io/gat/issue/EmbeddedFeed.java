package io.gat.issue;

import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The feed from a {@link RevocationRegistry} to the authz server of the same process: a view after
 * each revocation, and a renewed lease every quarter of max-staleness.
 *
 * <p>Probe, then proof: the clocks are read first and the registry after, so that what the lease
 * vouches for is never older than the lease. One lock around both makes this the only writer of its
 * views and keeps them in order. The control plane's stream will send {@link FeedView}s to the same
 * listener.
 */
public final class EmbeddedFeed implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EmbeddedFeed.class.getName());
  private static final int RENEWALS = 4;

  private final RevocationRegistry registry;
  private final Duration maxStaleness;
  private final Moment.Source clock;
  private final Timer timer;
  private final Consumer<FeedView> listener;
  private final Runnable onRevocation = this::publish;
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
   * @param maxStaleness above 0, default 5 s
   * @param listener takes each view, in order; returns fast and does not call back
   */
  public EmbeddedFeed(
      RevocationRegistry registry,
      Duration maxStaleness,
      Moment.Source clock,
      Timer timer,
      Consumer<FeedView> listener) {
    if (!maxStaleness.isPositive()) {
      throw new IllegalArgumentException("max-staleness must be above 0");
    }
    this.registry = Objects.requireNonNull(registry);
    this.maxStaleness = maxStaleness;
    this.clock = Objects.requireNonNull(clock);
    this.timer = Objects.requireNonNull(timer);
    this.listener = Objects.requireNonNull(listener);
  }

  /** Publishes a first view before it returns, and goes on until {@link #close}. Once. */
  public void start() {
    synchronized (registry) {
      if (closed || cancel != null) {
        throw new IllegalStateException("a feed starts once");
      }
      registry.onRevocation(onRevocation);
      publish();
      cancel = timer.every(maxStaleness.dividedBy(RENEWALS), this::renew);
    }
  }

  /**
   * A renewal that fails is reported and tried again; meanwhile the lease runs on towards its end.
   */
  private void renew() {
    try {
      publish();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the embedded feed could not renew its lease", e);
    }
  }

  /** The registry's monitor is the one lock: {@code revoke} holds it, too. */
  private void publish() {
    synchronized (registry) {
      if (closed) {
        return;
      }
      Moment probe = clock.now();
      RevocationRegistry.State state = registry.state();
      listener.accept(
          new FeedView(Lease.proved(probe, maxStaleness), state.epoch(), state.revocations()));
    }
  }

  /** Stops renewing: the last lease runs out by itself. */
  @Override
  public void close() {
    synchronized (registry) {
      closed = true;
      registry.remove(onRevocation);
      if (cancel != null) {
        cancel.run();
        cancel = null;
      }
    }
  }
}
