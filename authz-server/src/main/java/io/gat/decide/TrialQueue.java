package io.gat.decide;

import io.gat.policy.AccessRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Has the candidate judge checks that were decided, on one thread of its own, and then tells of the
 * decision with what came of it. No answer waits for that.
 *
 * <p>What waits is bounded, in number and in size. Where there is no room, the candidate is not
 * asked, which is counted, and the decision is told at once without it: so each check is told of
 * once, whatever happens.
 */
public final class TrialQueue implements DecisionObserver, AutoCloseable {
  /** So many checks wait for the candidate at most. */
  public static final int CAPACITY = 1_024;

  /** So many characters of requests wait at most: few large requests must not fill the memory. */
  static final long MOST_CHARACTERS = 4L << 20;

  private static final Trial NO_TRIAL = new Trial.None();
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final Decider decider;
  private final DecisionObserver observer;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong characters = new AtomicLong();
  private final LongAdder dropped = new LongAdder();
  private final BugLog bugs = new BugLog(System.getLogger(TrialQueue.class.getName()));
  private final Thread worker;
  private volatile boolean closed;

  /** Not a record: one that waits is equal to no other. */
  private static final class Waiting {
    private final @Nullable Settled settled;
    private final Duration took;
    private final long size;

    /** The last one where {@code settled} is null. */
    Waiting(@Nullable Settled settled, Duration took, long size) {
      this.settled = settled;
      this.took = took;
      this.size = size;
    }
  }

  /**
   * A queue that works from now on.
   *
   * @param observer is told of each decision: on the thread of its check where no candidate is
   *     asked, else on the queue's own
   */
  public TrialQueue(Decider decider, DecisionObserver observer) {
    this.decider = Objects.requireNonNull(decider);
    this.observer = Objects.requireNonNull(observer);
    this.worker = Thread.ofPlatform().daemon().name("gat-candidate").start(this::work);
  }

  @Override
  public void decided(Decision decision, Duration took) {
    observer.decided(decision, NO_TRIAL, took);
  }

  @Override
  public void givenUp(GivenUp stage) {
    observer.givenUp(stage);
  }

  @Override
  public void settled(Settled settled, Duration took) {
    if (settled.due().isEmpty()) {
      decided(settled.decision(), took);
      return;
    }
    Waiting waiting = new Waiting(settled, took, size(settled.decision().facts().request()));
    if (!enqueue(waiting)) {
      dropped.increment();
      decided(settled.decision(), took);
    }
  }

  private boolean enqueue(Waiting waiting) {
    if (closed) {
      return false;
    }
    if (characters.addAndGet(waiting.size) > MOST_CHARACTERS || !queue.offer(waiting)) {
      characters.addAndGet(-waiting.size);
      return false;
    }
    // The worker may have ended meanwhile; whoever takes it out of the queue tells of it.
    if (closed && queue.remove(waiting)) {
      characters.addAndGet(-waiting.size);
      return false;
    }
    return true;
  }

  private static long size(AccessRequest request) {
    long size = request.target().length();
    for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
      size += header.getKey().length();
      for (String value : header.getValue()) {
        size += value.length();
      }
    }
    return size;
  }

  /** How many checks the candidate was not asked about because too many waited, in [0, ∞). */
  public long dropped() {
    return dropped.sum();
  }

  private void work() {
    try {
      Waiting next = queue.take();
      while (next.settled != null) {
        tell(next.settled, next.took);
        characters.addAndGet(-next.size);
        next = queue.take();
      }
      for (next = queue.poll(); next != null; next = queue.poll()) {
        if (next.settled != null) {
          tell(next.settled, next.took);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody but the machine's end interrupts this thread
    }
  }

  /** A broken observer must not end this thread. */
  private void tell(Settled settled, Duration took) {
    Trial trial = decider.trial(settled);
    if (trial instanceof Trial.Failed failed) {
      bugs.tell("a check could not be judged by the candidate: {0}", failed.bug());
    }
    try {
      observer.decided(settled.decision(), trial, took);
    } catch (RuntimeException e) {
      bugs.tell("a decision was not told of: {0}", e);
    }
  }

  /** Has judged what waits, then stops; of later checks it tells without the candidate. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      Waiting last = new Waiting(null, Duration.ZERO, 0);
      if (queue.offer(last, CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        worker.join(CLOSE_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
