package io.gat.log;

import static io.gat.log.FollowContract.done;
import static io.gat.log.FollowContract.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/** What an embedded log does when its disk or its queue is full. */
final class EmbeddedLogLimitsTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final long RESERVE = 128 * 1024;

  @TempDir private Path above;
  private Path folder = Path.of(".");

  @BeforeEach
  void chooseFolder() {
    folder = above.resolve("log");
  }

  private static LogEntry takesAway(String payload) {
    return new LogEntry(Topic.REVOCATION, "", payload, Effect.TAKES_AWAY);
  }

  @Test
  void noGrantIsWrittenWithARevocationThatNeedsTheReserve() throws Exception {
    PageLimit disk = new PageLimit();
    try (EmbeddedLog log =
        EmbeddedLog.open(new LogFiles(folder), CLOCK, "the test", Options.usual(), disk)) {
      CountDownLatch hold = hold(log);
      String large = "x".repeat(50_000);
      CompletableFuture<Appended> grant = log.append(entry(Topic.CLAIM, "g", large));
      CompletableFuture<Appended> revocation = log.append(takesAway(large));
      CompletableFuture<Appended> both =
          log.append(List.of(takesAway(large), entry(Topic.AUDIT, large)), OptionalLong.empty());
      CompletableFuture<Appended> last = log.append(takesAway("last"));
      disk.fill();
      hold.countDown();

      assertEquals(new Appended.Full(), done(grant));
      assertInstanceOf(Appended.At.class, done(revocation));
      assertEquals(new Appended.Full(), done(both));
      assertInstanceOf(Appended.At.class, done(last));
      assertEquals(new LogHealth.Full(), log.health());
      assertEquals(
          List.of(large, "last"),
          log.read(0, 10, Set.of(Topic.REVOCATION)).stream().map(LogRecord::payload).toList());
      assertEquals(List.of(), log.read(0, 10, Set.of(Topic.CLAIM)));
      assertInstanceOf(Appended.At.class, done(log.tick()));
      // Beyond the reserve nothing large fits any more; what is small still may.
      List<Appended> rest = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        rest.add(done(log.append(takesAway(large))));
      }
      assertTrue(rest.contains(new Appended.Full()), rest.toString());
    }
    try (EmbeddedLog log =
        EmbeddedLog.open(new LogFiles(folder), CLOCK, "the test", Options.usual(), disk)) {
      assertEquals(new LogHealth.Full(), log.health());
      assertEquals(new Appended.Full(), done(log.append(entry(Topic.CLAIM, "g", "small"))));
      disk.free();
      awaitSound(log);
      assertInstanceOf(Appended.At.class, done(log.append(entry(Topic.CLAIM, "g", "small"))));
    }
  }

  /** What a log that has failed does when there is no space either: nothing, for good. */
  @Test
  void failureIsNotForgottenForWantOfSpace() throws Exception {
    PageLimit disk = new PageLimit();
    try (EmbeddedLog log =
            EmbeddedLog.open(new LogFiles(folder), CLOCK, "the test", Options.usual(), disk);
        Connection other =
            JDBC.createConnection(
                "jdbc:sqlite:" + folder.resolve("log.db"), new java.util.Properties())) {
      CountDownLatch hold = hold(log);
      CompletableFuture<Appended> append = log.append(takesAway("x".repeat(50_000)));
      disk.fill();
      // Then the statements cannot be prepared again after the transaction that found no space.
      Tables.run(other, "ALTER TABLE claim_record RENAME TO elsewhere");
      hold.countDown();

      assertInstanceOf(Appended.Unknown.class, done(append));
      assertInstanceOf(LogHealth.Failed.class, log.health());
      disk.free();
      assertInstanceOf(Appended.Unknown.class, done(log.tick()));
      assertInstanceOf(LogHealth.Failed.class, log.health());
    }
  }

  /** Who asks for a tick wants to know what became of all that he has appended before. */
  @Test
  void tickComesAfterAllThatWaited() {
    try (EmbeddedLog log = EmbeddedLog.open(folder, CLOCK, "the test", 0, Duration.ZERO)) {
      CountDownLatch hold = hold(log);
      long before = log.end();
      CompletableFuture<Appended> early = log.tick();
      List<CompletableFuture<Appended>> appends =
          IntStream.range(0, 3_000).mapToObj(i -> log.append(takesAway("r" + i))).toList();
      CompletableFuture<Appended> late = log.tick();
      hold.countDown();

      assertEquals(before + 3_000, assertInstanceOf(Appended.At.class, done(late)).position());
      appends.forEach(append -> assertTrue(append.isDone()));
      // More than one transaction; who asked first does not wait for the last one.
      long first = assertInstanceOf(Appended.At.class, done(early)).position();
      assertTrue(first < before + 3_000, first + " of " + before);
    }
  }

  /** Without anybody asking: the log looks by itself. */
  private static void awaitSound(EmbeddedLog log) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!log.health().equals(new LogHealth.Sound())) {
      assertTrue(System.nanoTime() - deadline < 0, log.health().toString());
      Thread.sleep(10);
    }
  }

  /**
   * A file that may not grow is another failure than a full disk: nobody can know what it means.
   */
  @Test
  void takesNothingAfterAWriteThatFailed() throws Exception {
    long acknowledged;
    try (ChildProcess child =
        ChildProcess.startLimited(3_000, FailingChild.class, folder.toString())) {
      acknowledged = Long.parseLong(child.readLine());
      assertEquals(List.of("Unknown", "Unknown", "Unknown", "Failed", "closed"), child.readLines());
    }
    assertTrue(acknowledged > 100, acknowledged + " acknowledged");
    try (EmbeddedLog log = EmbeddedLog.open(folder, CLOCK, "the test", RESERVE, Duration.ZERO)) {
      // The one that failed may be there as well: that is what Unknown says.
      assertTrue(
          log.end() == acknowledged || log.end() == acknowledged + 1,
          log.end() + " of " + acknowledged);
      assertInstanceOf(Appended.At.class, done(log.append(takesAway("again"))));
    }
  }

  @Test
  void setsTheReserveAside() throws Exception {
    Path reserve = folder.resolve("log.reserve");
    ReserveFile file = new ReserveFile(new LogFiles(folder), RESERVE);
    try (EmbeddedLog log = EmbeddedLog.open(folder, CLOCK, "the test", RESERVE, Duration.ZERO);
        Connection unused =
            JDBC.createConnection("jdbc:sqlite::memory:", new java.util.Properties())) {
      assertEquals(RESERVE, Files.size(reserve));
      file.release(unused);
      assertFalse(Files.exists(reserve));
      assertTrue(file.fill(unused));
      assertEquals(RESERVE, Files.size(reserve));
      assertFalse(new ReserveFile(new LogFiles(folder), Long.MAX_VALUE / 4).fill(unused));
      assertEquals(new LogHealth.Sound(), log.health());
    }
    try (EmbeddedLog log =
        EmbeddedLog.open(folder, CLOCK, "the test", Long.MAX_VALUE / 4, Duration.ZERO)) {
      assertEquals(new LogHealth.Full(), log.health());
      assertEquals(new LogHealth.Full(), EmbeddedLog.status(folder).health());
      assertInstanceOf(Appended.At.class, done(log.append(takesAway("r"))));
    }
  }

  @Test
  void takesNoMoreThanItsQueueHolds() {
    LogFiles files = new LogFiles(folder);
    Options small = Options.usual().withQueueEntries(10);
    try (EmbeddedLog log =
        EmbeddedLog.open(files, CLOCK, "the test", small, new ReserveFile(files, 0))) {
      CountDownLatch hold = hold(log);
      long before = log.end();
      List<CompletableFuture<Appended>> grants =
          IntStream.range(0, 12).mapToObj(i -> log.append(entry(Topic.CLAIM, "g" + i))).toList();
      assertEquals(10, log.stats().waiting());
      List<CompletableFuture<Appended>> revocations =
          IntStream.range(0, 12).mapToObj(i -> log.append(takesAway("r" + i))).toList();

      assertCrowded(grants.get(10));
      assertCrowded(grants.get(11));
      assertCrowded(revocations.get(10));
      assertEquals(20, log.stats().waiting());
      hold.countDown();
      grants.subList(0, 10).forEach(a -> assertInstanceOf(Appended.At.class, done(a)));
      revocations.subList(0, 10).forEach(a -> assertInstanceOf(Appended.At.class, done(a)));
      assertInstanceOf(Appended.At.class, done(log.append(entry(Topic.CLAIM, "later"))));
      assertEquals(before + 21, log.end());
      assertEquals(before + 21, log.stats().acknowledged());
      long commits = log.stats().commits();
      assertTrue(commits >= 3 && commits < before + 21, log.stats().toString());
      assertTrue(log.stats().lastCommit().isPositive());
    }
  }

  private static void assertCrowded(CompletableFuture<Appended> append) {
    assertTrue(append.isDone());
    String why = assertInstanceOf(Appended.Unknown.class, append.join()).why();
    assertTrue(why.contains("nothing was written"), why);
  }

  /** Appends a record, or a few, and keeps the log's thread busy until the latch is open. */
  private static CountDownLatch hold(EmbeddedLog log) {
    Thread here = Thread.currentThread();
    CountDownLatch hold = new CountDownLatch(1);
    while (true) {
      CompletableFuture<Thread> where = new CompletableFuture<>();
      CompletableFuture<Void> held =
          log.append(entry(Topic.AUDIT, "hold"))
              .thenAccept(
                  _ -> {
                    where.complete(Thread.currentThread());
                    if (!Thread.currentThread().equals(here)) {
                      await(hold);
                    }
                  });
      // Where the append was done already, this thread was asked instead.
      if (!done(where).equals(here)) {
        assertFalse(held.isDone());
        return hold;
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
