package io.gat.issue.caller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.KeySet;
import io.gat.keys.KeySource;
import io.gat.token.AssertionKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FollowedKeysTest {
  private static final KeySet KEYS = new Signer("a").set();

  /** A source whose first fetch ends when the test says so. */
  private static final class Held implements KeySource {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicBoolean succeeds = new AtomicBoolean(true);
    private final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public void start(Consumer<KeySet> listener) {
      started.countDown();
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (succeeds.get()) {
        listener.accept(KEYS);
      }
    }

    @Override
    public boolean refreshForUnknownKey(Duration patience) {
      return false;
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }

  @Test
  void doesNotWaitForAFarSourceUntilSomebodyNeedsIt() throws Exception {
    Held source = new Held();
    try (FollowedKeys keys = FollowedKeys.far(source, Duration.ofMillis(1))) {
      source.started.await();
      assertEquals(Optional.empty(), keys.current());
      source.done.countDown();
    }
    assertTrue(source.closed.get());
  }

  @Test
  void whoeverNeedsTheFirstKeysWaitsForThem() throws Exception {
    Held source = new Held();
    try (FollowedKeys keys = FollowedKeys.far(source, Duration.ofSeconds(50))) {
      Thread later = Thread.ofVirtual().start(source.done::countDown);
      assertEquals(Optional.of(KEYS), keys.current());
      later.join();
    }
  }

  @Test
  void nobodyWaitsOnceTheFirstFetchHasFailed() throws Exception {
    Held source = new Held();
    source.succeeds.set(false);
    source.done.countDown();
    try (FollowedKeys keys = FollowedKeys.far(source, Duration.ofDays(1))) {
      assertEquals(Optional.empty(), keys.current());
      assertEquals(Optional.empty(), keys.current());
    }
  }

  /** Whoever shows rubbish of a dead issuer holds few places, and nobody else waits behind them. */
  @Test
  void onlySoManyWaitAtOneTime() throws Exception {
    CountDownLatch waiting = new CountDownLatch(FollowedKeys.MOST_WAITING);
    CountDownLatch end = new CountDownLatch(1);
    KeySource slow =
        new KeySource() {
          @Override
          public void start(Consumer<KeySet> listener) {
            listener.accept(KEYS);
          }

          @Override
          public boolean refreshForUnknownKey(Duration patience) {
            waiting.countDown();
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return true;
          }

          @Override
          public void close() {}
        };
    try (FollowedKeys keys = FollowedKeys.near(slow);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<AssertionKeys.Newer>> answers = new ArrayList<>();
      for (int i = 0; i < FollowedKeys.MOST_WAITING; i++) {
        answers.add(threads.submit(keys::refresh));
      }
      waiting.await();
      assertEquals(AssertionKeys.Newer.TOO_MANY_ASK, keys.refresh());
      assertEquals(Optional.of(KEYS), keys.current());
      end.countDown();
      for (Future<AssertionKeys.Newer> answer : answers) {
        assertEquals(AssertionKeys.Newer.PERHAPS, answer.get());
      }
      assertEquals(AssertionKeys.Newer.PERHAPS, keys.refresh());
    }
  }

  @Test
  void aNearSourceIsThereAtOnce() {
    Held source = new Held();
    source.done.countDown();
    try (FollowedKeys keys = FollowedKeys.near(source)) {
      assertEquals(Optional.of(KEYS), keys.current());
      assertEquals(AssertionKeys.Newer.NONE, keys.refresh());
    }
  }
}
