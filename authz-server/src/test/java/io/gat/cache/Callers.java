package io.gat.cache;

import io.gat.decide.CachedVerification;
import io.gat.decide.DecisionCache.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Threads that ask a cache at the same time, and a way to see that they wait for one another. */
final class Callers implements AutoCloseable {
  /** Between two looks at the other threads; a virtual thread must let go of its carrier. */
  private static final Duration POLL = Duration.ofNanos(100_000);

  private final Thread.Builder builder;
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** What kind of threads ask. */
  enum Kind {
    PLATFORM,
    VIRTUAL
  }

  Callers(Kind kind) {
    this.builder =
        switch (kind) {
          case PLATFORM -> Thread.ofPlatform().daemon();
          case VIRTUAL -> Thread.ofVirtual();
        };
  }

  void ask(Supplier<Answer> question) {
    Thread thread =
        builder.unstarted(
            () -> {
              try {
                answers.add(question.get());
              } catch (RuntimeException e) {
                failures.add(e);
              }
            });
    threads.add(thread);
    thread.start();
  }

  /** A verification that ends only after so many of the other threads wait for it. */
  Supplier<CachedVerification> whenOthersWait(int count, Supplier<CachedVerification> verify) {
    return () -> {
      while (waiting() < count) {
        LockSupport.parkNanos(POLL.toNanos());
      }
      return verify.get();
    };
  }

  private long waiting() {
    return threads.stream()
        .filter(t -> t != Thread.currentThread() && t.getState() == Thread.State.WAITING)
        .count();
  }

  /** The answers of all callers that got one, when all are through. */
  List<Answer> answers() {
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return new ArrayList<>(answers);
  }

  int failures() {
    return failures.size();
  }

  @Override
  public void close() {
    answers();
  }
}
