package io.gat.log;

import static io.gat.log.FollowContract.done;
import static io.gat.log.FollowContract.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/** What an embedded log does beyond the contract: its files, its lock, its space. */
final class EmbeddedLogTest {
  private static final Set<Topic> ALL = EnumSet.allOf(Topic.class);
  private static final InstantSource CLOCK = InstantSource.system();
  private static final long RESERVE = 128 * 1024;

  @TempDir private Path above;
  private Path folder = Path.of(".");

  @BeforeEach
  void chooseFolder() {
    folder = above.resolve("data/log");
  }

  private EmbeddedLog open() {
    return EmbeddedLog.open(folder, CLOCK, "the test", RESERVE, Duration.ZERO);
  }

  private static long at(SharedLog log, LogEntry entry) {
    return assertInstanceOf(Appended.At.class, done(log.append(entry))).position();
  }

  private static LogEntry takesAway(String payload) {
    return new LogEntry(Topic.REVOCATION, "", payload, Effect.TAKES_AWAY);
  }

  private String refusal() {
    return String.valueOf(assertThrows(LogException.class, this::open).getMessage());
  }

  @Test
  void keepsEverythingOverRestarts() {
    String incarnation = "";
    for (int start = 1; start <= 3; start++) {
      try (EmbeddedLog log = open()) {
        assertEquals(start * 2L - 2, log.end());
        if (start > 1) {
          assertEquals(incarnation, log.incarnation());
        }
        incarnation = log.incarnation();
        at(log, entry(Topic.AUDIT, "a" + start));
        at(log, entry(Topic.CLAIM, "id" + start, "c" + start));
      }
    }
    try (EmbeddedLog log = open()) {
      assertEquals(
          List.of("a1", "c1", "a2", "c2", "a3", "c3"),
          log.read(0, 10, ALL).stream().map(LogRecord::payload).toList());
      assertEquals(5, log.end(Topic.AUDIT));
      assertEquals(
          new Appended.At(2, Appended.Novelty.REPEATED),
          done(log.append(entry(Topic.CLAIM, "id1", "again"))));
    }
  }

  @Test
  void usesNoPositionAgainAfterCompactionAndRestart() {
    try (EmbeddedLog log = open()) {
      at(log, entry(Topic.CLAIM, "a"));
      at(log, entry(Topic.CLAIM, "b"));
      log.compact(Topic.CLAIM, 3);
    }
    try (EmbeddedLog log = open()) {
      assertEquals(2, log.end());
      assertEquals(2, log.end(Topic.CLAIM));
      assertEquals(3, at(log, entry(Topic.AUDIT, "c")));
    }
    try (LogReader log = EmbeddedLog.openReadOnly(folder)) {
      assertEquals(3, log.end());
      assertEquals(2, log.end(Topic.CLAIM));
    }
  }

  @Test
  void keepsItsFilesToItsOwner() throws Exception {
    try (EmbeddedLog log = open();
        Stream<Path> files = Files.list(folder)) {
      at(log, entry(Topic.KEY, "wrapped"));
      assertEquals("rwx------", mode(folder));
      List<Path> all = files.toList();
      assertTrue(all.size() >= 5, all.toString());
      for (Path file : all) {
        assertEquals("rw-------", mode(file), file.toString());
      }
    }
    Files.setPosixFilePermissions(
        folder.resolve("log.db"), PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(refusal().contains("chmod 600"), refusal());
    LogException e = assertThrows(LogException.class, () -> EmbeddedLog.openReadOnly(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("chmod 600"));
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void saysWhoHoldsTheLock() {
    try (EmbeddedLog log = open()) {
      String refusal = refusal();
      assertTrue(
          refusal.contains("the test, pid " + ProcessHandle.current().pid() + " on "), refusal);
      assertTrue(refusal.contains(", since 20"), refusal);
      assertFalse(refusal.contains("\n"), refusal);
      // The attempt has not taken the lock from this one.
      assertEquals(1, at(log, entry(Topic.KEY, "a")));
      assertTrue(refusal().contains("the test"));
    }
    open().close();
  }

  @Test
  void lockOfAnotherProcessHoldsUntilItIsKilled() throws Exception {
    try (ChildProcess child = ChildProcess.start(HoldingChild.class, folder.toString())) {
      assertEquals("open", child.readLine());
      String refusal = refusal();
      assertTrue(refusal.contains("a child, pid " + child.pid() + " on "), refusal);
      assertEquals(
          Optional.of(true),
          EmbeddedLog.status(folder).holder().map(h -> h.startsWith("a child, pid ")));
      child.kill();
    }
    try (EmbeddedLog log = open()) {
      assertEquals(1, log.end());
      assertEquals(
          Optional.of(true),
          EmbeddedLog.status(folder).holder().map(h -> h.startsWith("the test")));
    }
    assertEquals(Optional.empty(), EmbeddedLog.status(folder).holder());
  }

  @Test
  void waitsForTheLock() throws Exception {
    EmbeddedLog first = open();
    CountDownLatch tries = new CountDownLatch(1);
    LogFiles files = new LogFiles(folder);
    CompletableFuture<Long> second =
        CompletableFuture.supplyAsync(
            () -> {
              tries.countDown();
              Options patient = Options.usual().withLockWait(Duration.ofMinutes(1));
              try (EmbeddedLog log =
                  EmbeddedLog.open(files, CLOCK, "second", patient, new ReserveFile(files, 0))) {
                return log.end();
              }
            });
    assertTrue(tries.await(30, TimeUnit.SECONDS));
    at(first, entry(Topic.KEY, "a"));
    first.close();
    assertEquals(1, done(second));
  }

  @Test
  void isReadBesideTheOneThatWrites() {
    try (EmbeddedLog log = open();
        LogReader reader = EmbeddedLog.openReadOnly(folder)) {
      assertEquals(log.incarnation(), reader.incarnation());
      for (int i = 1; i <= 100; i++) {
        at(log, entry(Topic.CLAIM, "id" + i, "r" + i));
        assertEquals(i, reader.end());
        assertEquals("r" + i, reader.read(i - 1, 10, ALL).getFirst().payload());
        assertEquals(i, reader.find(Topic.CLAIM, "id" + i).orElseThrow().position());
      }
      log.compact(Topic.CLAIM, 51);
      assertEquals(51, reader.read(0, 1, ALL).getFirst().position());
      LogStatus status = EmbeddedLog.status(folder);
      assertEquals(100, status.end());
      assertEquals(log.incarnation(), status.incarnation());
      LogStatus.Size claims = status.topics().getOrDefault(Topic.CLAIM, new LogStatus.Size(0, 0));
      assertEquals(50, claims.records());
      assertEquals(new LogHealth.Sound(), status.health());
      assertTrue(status.bytesFree() > 0);
    }
    try (LogReader reader = EmbeddedLog.openReadOnly(folder)) {
      assertEquals(50, reader.read(0, 1000, ALL).size());
    }
    LogException e =
        assertThrows(LogException.class, () -> EmbeddedLog.openReadOnly(above.resolve("none")));
    assertTrue(String.valueOf(e.getMessage()).contains("there is no log"));
    assertFalse(Files.exists(above.resolve("none")));
  }

  @Test
  void namesTheFirstRecordThatWasChanged() throws Exception {
    writeTen();
    try (Connection database = database()) {
      Tables.run(
          database,
          "UPDATE audit_record SET payload = CAST('{}' AS BLOB) WHERE position IN (4, 7)");
    }
    assertDamaged("AUDIT: the record at position 4 is not as it was written");
    try (LogReader reader = EmbeddedLog.openReadOnly(folder)) {
      assertEquals(3, reader.read(0, 3, ALL).size());
      LogException e = assertThrows(LogException.class, () -> reader.read(0, 10, ALL));
      assertTrue(String.valueOf(e.getMessage()).contains("position 4"), e.getMessage());
    }
  }

  @Test
  void findsRecordsThatAreMissingOrWereMoved() throws Exception {
    writeTen();
    byte[] before = Files.readAllBytes(folder.resolve("log.db"));
    for (String change :
        List.of(
            "DELETE FROM audit_record WHERE position = 5",
            "UPDATE audit_record SET position = 11 WHERE position = 5",
            "UPDATE audit_record SET id = 'x' WHERE position = 6",
            "UPDATE audit_record SET at = at + 1 WHERE position = 6")) {
      try (Connection database = database()) {
        Tables.run(database, change);
      }
      assertDamaged("the record at position 6 is not as it was written");
      Files.write(folder.resolve("log.db"), before);
    }
    try (Connection database = database()) {
      Tables.run(database, "DELETE FROM audit_record WHERE position = 10");
    }
    assertTrue(
        refusal().contains("it ends at position 9 but was durable up to position 10"), refusal());
  }

  /** No sum covers what comes after it, and the log as a whole is not shorter. */
  @Test
  void findsTheMissingEndOfATopic() throws Exception {
    try (EmbeddedLog log = open()) {
      at(log, takesAway("1"));
      at(log, takesAway("2"));
      at(log, entry(Topic.AUDIT, "3"));
    }
    try (Connection database = database()) {
      Tables.run(database, "DELETE FROM revocation_record WHERE position = 2");
    }
    assertDamaged("topic REVOCATION ends at position 1 but was durable up to position 2");
    assertThrows(LogException.class, () -> EmbeddedLog.status(folder));
    try (Connection database = database()) {
      Tables.run(database, "DELETE FROM revocation_record");
    }
    assertDamaged("topic REVOCATION ends at position 0 but was durable up to position 2");
  }

  @Test
  void missesNoTopicThatWasCompactedToItsEnd() {
    try (EmbeddedLog log = open()) {
      at(log, takesAway("1"));
      at(log, takesAway("2"));
      at(log, entry(Topic.AUDIT, "3"));
      log.compact(Topic.REVOCATION, 3);
    }
    try (EmbeddedLog log = open()) {
      assertEquals(2, log.end(Topic.REVOCATION));
    }
  }

  private void assertDamaged(String what) {
    String refusal = refusal();
    assertTrue(refusal.contains(what), refusal);
    assertTrue(refusal.contains("restore the last backup"), refusal);
    LogException e =
        assertThrows(
            LogException.class, () -> EmbeddedLog.accept(folder, CLOCK, "it", _ -> List.of()));
    assertTrue(String.valueOf(e.getMessage()).contains("damaged"), e.getMessage());
  }

  private void writeTen() {
    try (EmbeddedLog log = open()) {
      for (int i = 0; i < 10; i++) {
        at(log, entry(Topic.AUDIT, "r" + i));
      }
    }
  }

  private Connection database() throws Exception {
    return JDBC.createConnection(
        "jdbc:sqlite:" + folder.resolve("log.db"), new java.util.Properties());
  }

  @Test
  void writesWhatWaitsWhenItIsClosed() {
    EmbeddedLog log = open();
    List<CompletableFuture<Appended>> waiting =
        IntStream.range(0, 5_000).mapToObj(i -> log.append(entry(Topic.CLAIM, "c" + i))).toList();
    CompletableFuture<Appended> tick = log.tick();
    log.close();

    waiting.forEach(a -> assertInstanceOf(Appended.At.class, a.join()));
    assertInstanceOf(Appended.At.class, tick.join());
    assertEquals(
        new Appended.Unknown("the log is closed"), log.append(entry(Topic.CLAIM, "late")).join());
    assertEquals(new Appended.Unknown("the log is closed"), log.tick().join());
    assertThrows(LogException.class, () -> log.compact(Topic.CLAIM, 3));
    assertThrows(LogException.class, () -> log.read(0, 1, ALL));
    assertThrows(LogException.class, () -> log.follow(0, ALL, _ -> {}));
    log.close();
    try (EmbeddedLog again = open()) {
      assertEquals(5_000, again.end());
    }
  }

  @Test
  void deliversAgainAfterAnErrorOfTheFollower() throws Exception {
    CountDownLatch twice = new CountDownLatch(2);
    try (EmbeddedLog log = open();
        SharedLog.Following _ =
            log.follow(
                0,
                ALL,
                _ -> {
                  twice.countDown();
                  if (twice.getCount() > 0) {
                    throw new AssertionError("a follower with a bug, on purpose");
                  }
                })) {
      at(log, entry(Topic.KEY, "a"));
      assertTrue(twice.await(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void growsByNoTick() throws Exception {
    try (EmbeddedLog log = open()) {
      at(log, entry(Topic.KEY, "a"));
      for (int i = 0; i < 300; i++) {
        assertEquals(new Appended.At(1, Appended.Novelty.NEW), done(log.tick()));
      }
      assertTrue(Files.size(folder.resolve("log.db-wal")) < 4L << 20);
    }
    assertTrue(Files.size(folder.resolve("log.db")) < 100_000);
  }

  @Test
  void keepsTimesToTheMicrosecond() {
    Instant now = Instant.parse("1969-07-20T20:17:40.123456789Z");
    try (EmbeddedLog log = EmbeddedLog.open(folder, () -> now, "the test", 0, Duration.ZERO)) {
      at(log, entry(Topic.KEY, "a"));
      assertEquals(
          Instant.parse("1969-07-20T20:17:40.123456Z"), log.read(0, 1, ALL).getFirst().at());
    }
  }
}
