package io.gat.log;

import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What is durable, for everybody; wakes those who wait for more. */
final class Published {
  private final Heads heads;

  Published(Heads heads) {
    this.heads = heads.copy();
  }

  synchronized void publish(Heads durable) {
    heads.become(durable);
    notifyAll();
  }

  synchronized long end() {
    return heads.end();
  }

  synchronized long end(Topic topic) {
    return heads.end(topic);
  }

  /**
   * Waits for a record after a position.
   *
   * @return false where it ended before
   */
  synchronized boolean await(long position, Set<Topic> topics, BooleanSupplier ended)
      throws InterruptedException {
    while (!ended.getAsBoolean()) {
      if (topics.stream().anyMatch(topic -> heads.end(topic) > position)) {
        return true;
      }
      wait();
    }
    return false;
  }

  /** Waits for some time. */
  synchronized void pause(Duration time, BooleanSupplier ended) throws InterruptedException {
    long deadline = System.nanoTime() + time.toNanos();
    long rest = time.toMillis();
    while (rest > 0 && !ended.getAsBoolean()) {
      wait(rest);
      rest = (deadline - System.nanoTime()) / 1_000_000;
    }
  }

  /** Makes those who wait look whether they have ended. */
  synchronized void wake() {
    notifyAll();
  }
}
