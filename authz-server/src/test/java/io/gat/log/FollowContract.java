package io.gat.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every log does for those who follow it; and what the tests of the contract share. */
abstract class FollowContract {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Set<Topic> ALL = EnumSet.allOf(Topic.class);
  static final int THREADS = 8;
  static final int EACH = 100;

  /** Its clock, which may be stepped. */
  protected final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-26T12:00:00.123456Z"));

  /** The log under test. */
  protected SharedLog log = new MemoryLog();

  /** An empty log that reads its time from {@link #now}. */
  abstract SharedLog open() throws Exception;

  @BeforeEach
  final void openLog() throws Exception {
    log = open();
  }

  @AfterEach
  final void closeLog() {
    log.close();
  }

  static <T> T done(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs a job on several threads at once; fails where one of them does. */
  static void inParallel(Job job) throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      CompletableFuture<Void> end = new CompletableFuture<>();
      all.add(end);
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  job.run(thread);
                  end.complete(null);
                } catch (Throwable e) {
                  end.completeExceptionally(e);
                }
              });
    }
    for (CompletableFuture<Void> end : all) {
      end.get(60, TimeUnit.SECONDS);
    }
  }

  static LogEntry entry(Topic topic, String id, String payload) {
    return new LogEntry(topic, id, payload, Effect.GRANTS);
  }

  static LogEntry entry(Topic topic, String payload) {
    return entry(topic, "", payload);
  }

  final Appended append(LogEntry entry) {
    return done(log.append(entry));
  }

  final long at(LogEntry entry) {
    return assertInstanceOf(Appended.At.class, append(entry)).position();
  }

  @Test
  void followerGetsEverythingInOrderAndNothingTwice() throws Exception {
    at(entry(Topic.AUDIT, "before"));
    long after = at(entry(Topic.AUDIT, "before, too"));
    List<LogRecord> taken = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(THREADS * EACH);
    try (SharedLog.Following _ =
        log.follow(
            after,
            Set.of(Topic.AUDIT, Topic.CLAIM),
            records -> {
              for (LogRecord record : records) {
                taken.add(record);
                all.countDown();
              }
            })) {
      inParallel(
          thread -> {
            for (int i = 0; i < EACH; i++) {
              at(entry(thread % 2 == 0 ? Topic.AUDIT : Topic.CLAIM, thread + "-" + i));
              at(entry(Topic.KEY, "not asked for"));
            }
          });
      assertTrue(all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    assertEquals(log.read(after, 1_000_000, Set.of(Topic.AUDIT, Topic.CLAIM)), taken);
    assertEquals(THREADS * EACH, taken.size());
  }

  @Test
  void followerGetsLargeRecordsOfSeveralTopicsInOrder() throws Exception {
    String large = "x".repeat(LogEntry.MAX_PAYLOAD);
    for (int i = 0; i < 8; i++) {
      at(entry(Topic.AUDIT, large));
      at(entry(Topic.CLAIM, "small " + i));
      at(entry(Topic.KEY, i % 3 == 0 ? large : "key " + i));
    }
    List<LogRecord> taken = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(24);
    try (SharedLog.Following _ =
        log.follow(
            0,
            ALL,
            records -> {
              taken.addAll(records);
              records.forEach(_ -> all.countDown());
            })) {
      assertTrue(all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
    assertEquals(log.read(0, 100, ALL), taken);
    assertEquals(24, taken.size());
  }

  @Test
  void deliversAgainWhatAFollowerFailedToTake() throws Exception {
    BlockingQueue<List<LogRecord>> tries = new LinkedBlockingQueue<>();
    AtomicInteger failures = new AtomicInteger(2);
    try (SharedLog.Following _ =
        log.follow(
            0,
            ALL,
            records -> {
              tries.add(records);
              if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("a follower that fails, on purpose");
              }
            })) {
      at(entry(Topic.KEY, "a"));
      List<LogRecord> first = take(tries);
      assertEquals("a", first.getFirst().payload());
      assertEquals(first.getFirst(), take(tries).getFirst());
      assertEquals(first.getFirst(), take(tries).getFirst());
      at(entry(Topic.KEY, "b"));
      assertEquals("b", take(tries).getFirst().payload());
    }
  }

  @Test
  void deliversNothingAfterItsEnd() throws Exception {
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch inside = new CountDownLatch(1);
    SharedLog.Following following =
        log.follow(
            0,
            ALL,
            records -> {
              inside.countDown();
              taken.addAndGet(records.size());
            });
    at(entry(Topic.KEY, "a"));
    assertTrue(inside.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    following.close();
    int then = taken.get();
    assertEquals(1, then);
    // Another follower proves that what comes now is deliverable.
    BlockingQueue<List<LogRecord>> other = new LinkedBlockingQueue<>();
    long last = at(entry(Topic.KEY, "b"));
    try (SharedLog.Following _ = log.follow(last - 1, ALL, other::add)) {
      take(other);
    }
    assertEquals(then, taken.get());
  }

  @Test
  void followerGoesOnWhereRecordsWereCompactedAway() throws Exception {
    List<CompletableFuture<Appended>> old = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      old.add(log.append(entry(Topic.CLAIM, "old")));
    }
    old.forEach(append -> assertInstanceOf(Appended.At.class, done(append)));
    long last = at(entry(Topic.CLAIM, "old"));
    log.compact(Topic.CLAIM, last + 1);
    BlockingQueue<List<LogRecord>> taken = new LinkedBlockingQueue<>();
    try (SharedLog.Following _ = log.follow(0, ALL, taken::add)) {
      at(entry(Topic.CLAIM, "new"));
      assertEquals(List.of("new"), take(taken).stream().map(LogRecord::payload).toList());
    }
  }

  private static List<LogRecord> take(BlockingQueue<List<LogRecord>> queue)
      throws InterruptedException {
    List<LogRecord> records = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (records == null) {
      throw new AssertionError("nothing was delivered");
    }
    return records;
  }

  /** Something that a thread does. */
  interface Job {
    void run(int thread) throws Exception;
  }
}
