package io.gat.log;

import static io.gat.log.FollowContract.done;
import static io.gat.log.FollowContract.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/** What an embedded log does where others reach for its files, or these fail it. */
final class EmbeddedLogFilesTest {
  private static final Set<Topic> ALL = EnumSet.allOf(Topic.class);
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir private Path above;
  private Path folder = Path.of(".");

  @BeforeEach
  void chooseFolder() {
    folder = above.resolve("data/log");
  }

  private EmbeddedLog open() {
    return EmbeddedLog.open(folder, CLOCK, "the test", 0, Duration.ZERO);
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

  private Connection database() throws Exception {
    return JDBC.createConnection(
        "jdbc:sqlite:" + folder.resolve("log.db"), new java.util.Properties());
  }

  /** The lock is found by its file's name; what is written is fenced by the database. */
  @Test
  void writesNothingOnceAnotherProcessHasOpenedIt() throws Exception {
    EmbeddedLog first = open();
    at(first, entry(Topic.AUDIT, "first"));
    Files.delete(folder.resolve("log.lock"));
    try (ChildProcess child = ChildProcess.start(HoldingChild.class, folder.toString())) {
      assertEquals("open", child.readLine());

      String why = assertInstanceOf(Appended.Unknown.class, done(first.tick())).why();
      assertTrue(why.contains("another process has opened the log for writing since"), why);
      assertInstanceOf(LogHealth.Failed.class, first.health());
      assertInstanceOf(Appended.Unknown.class, done(first.append(takesAway("late"))));
      child.kill();
    }
    first.close();
    try (EmbeddedLog log = open()) {
      assertEquals(
          List.of("first", "{}"), log.read(0, 10, ALL).stream().map(LogRecord::payload).toList());
    }
  }

  /** Each kind of transaction by itself is fenced. */
  @Test
  void appendsAndCompactsNothingInALaterGeneration() throws Exception {
    for (boolean compacts : List.of(false, true)) {
      try (EmbeddedLog log = open();
          Connection other = database()) {
        at(log, entry(Topic.CLAIM, "a"));
        long end = log.end();
        LogState.putGeneration(other, LogState.read(other).generation() + 1);
        if (compacts) {
          assertThrows(LogException.class, () -> log.compact(Topic.CLAIM, end + 1));
        } else {
          assertInstanceOf(Appended.Unknown.class, done(log.append(takesAway("b"))));
        }
        assertInstanceOf(LogHealth.Failed.class, log.health());
        assertEquals(end, log.read(0, 10, ALL).getLast().position());
      }
    }
  }

  /** Between another's verification and its first write somebody may still write. */
  @Test
  void opensNothingThatWasWrittenToSinceItWasVerified() throws Exception {
    open().close();
    LogFiles files = new LogFiles(folder);
    Reserve none = new ReserveFile(files, 0);
    try (OpenLog verified = OpenLog.open(files, CLOCK.instant(), "the test", Options.usual());
        Connection other = database()) {
      Heads heads = verified.heads().copy();
      assertTrue(new RecordInsert(other).insert(Work.Row.of(entry(Topic.KEY, "unseen")), 0, heads));
      LogException e = assertThrows(LogException.class, () -> verified.begin(none));
      assertTrue(
          String.valueOf(e.getMessage()).contains("another process writes to this log"),
          e.getMessage());
    }
    try (EmbeddedLog log = open()) {
      assertEquals(1, log.end());
    }
  }

  @Test
  void vouchesForNothingOnceItsFileIsGone() throws Exception {
    try (EmbeddedLog log = open()) {
      at(log, entry(Topic.KEY, "a"));
      Files.move(folder.resolve("log.db"), folder.resolve("elsewhere"));
      Files.copy(folder.resolve("elsewhere"), folder.resolve("log.db"));

      String why = assertInstanceOf(Appended.Unknown.class, done(log.tick())).why();
      assertTrue(why.contains("replaced or removed"), why);
      assertInstanceOf(LogHealth.Failed.class, log.health());
      assertInstanceOf(Appended.Unknown.class, done(log.append(takesAway("b"))));
      assertThrows(LogException.class, () -> log.compact(Topic.KEY, 2));
    }
  }

  /** Without any tick: an issuer whom no authz server follows has none. */
  @Test
  void acknowledgesNothingOnceOneOfItsFilesIsGone() throws Exception {
    for (String name : List.of("log.db", "log.db-wal")) {
      folder = above.resolve("without-" + name);
      try (EmbeddedLog log = open()) {
        at(log, entry(Topic.KEY, "a"));
        Files.move(folder.resolve(name), folder.resolve("elsewhere"));
        String why =
            assertInstanceOf(Appended.Unknown.class, done(log.append(takesAway("b")))).why();
        assertTrue(why.contains("replaced or removed"), why);
        assertInstanceOf(LogHealth.Failed.class, log.health());
      }
    }
  }

  @Test
  void saysThatItsWitnessCannotBeWritten() throws Exception {
    LogFiles files = new LogFiles(folder);
    Reserve none = new ReserveFile(files, 0);
    try (OpenLog open = OpenLog.open(files, CLOCK.instant(), "the test", Options.usual())) {
      OpenLog.Writing writing = open.begin(none);
      writing.witness().close(); // what else makes a write to an open file fail is not to be had
      EmbeddedLog log = new EmbeddedLog(open, writing, CLOCK, Options.usual(), none);
      at(log, takesAway("a"));
      String why = assertInstanceOf(LogHealth.Degraded.class, log.health()).why();
      assertTrue(why.contains("log.witness cannot be written"), why);
      assertThrows(LogException.class, log::close);
    }
  }

  @Test
  void leavesNothingOpenWhereItCannotStart() throws Exception {
    LogFiles files = new LogFiles(folder);
    Reserve none = new ReserveFile(files, 0);
    try (OpenLog open = OpenLog.open(files, CLOCK.instant(), "the test", Options.usual());
        Connection other = database()) {
      OpenLog.Writing writing = open.begin(none);
      Tables.run(other, "ALTER TABLE claim_record RENAME TO elsewhere");
      Tables.number(open.connection(), "SELECT count(*) FROM state"); // reads the schema anew
      assertThrows(
          SQLException.class, () -> new EmbeddedLog(open, writing, CLOCK, Options.usual(), none));
      assertThrows(ClosedChannelException.class, () -> writing.witness().force());
      Tables.run(other, "ALTER TABLE elsewhere RENAME TO claim_record");
    }
  }

  @Test
  void refusesFilesThatAGroupCanReadOrChange() throws Exception {
    open().close();
    for (String name : List.of("log.db", "log.db-wal", "log.db-shm", "log.lock", "log.witness")) {
      Path file = folder.resolve(name);
      boolean planted = Files.notExists(file);
      if (planted) {
        LogFiles.create(file);
      }
      for (String mode : List.of("rw-rw----", "rw-r-----", "rw-----w-")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertTrue(refusal().contains(name + ": other users can read or change it"), refusal());
        LogException e = assertThrows(LogException.class, () -> EmbeddedLog.openReadOnly(folder));
        assertTrue(String.valueOf(e.getMessage()).contains("chmod 600 " + file), e.getMessage());
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      if (planted) {
        Files.delete(file);
      }
    }
    open().close();
  }

  /** Also before there is a log: SQLite would take the write-ahead log that it finds. */
  @Test
  void refusesAFolderThatOthersCanPutFilesInto() throws Exception {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(refusal().contains("other users can put files into the log's folder"), refusal());
    assertTrue(refusal().contains("chmod go-w " + folder), refusal());
    assertFalse(Files.exists(folder.resolve("log.db")));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    open().close();
  }
}
