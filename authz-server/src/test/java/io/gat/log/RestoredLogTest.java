package io.gat.log;

import static io.gat.log.FollowContract.done;
import static io.gat.log.FollowContract.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.JDBC;

/** A log that was restored from a backup, or moved, does not open until somebody accepts it. */
final class RestoredLogTest {
  private static final Set<Topic> ALL = EnumSet.allOf(Topic.class);
  private static final InstantSource CLOCK = InstantSource.system();
  private static final List<String> FILES = List.of("log.db", "log.witness");

  @TempDir private Path above;
  private Path folder = Path.of(".");
  private Path backup = Path.of(".");

  @BeforeEach
  void writeTwoRecordsBackUpAndWriteOneMore() throws Exception {
    folder = above.resolve("log");
    backup = above.resolve("backup");
    append("a");
    append("b");
    Files.createDirectory(backup);
    for (String file : FILES) {
      Files.copy(folder.resolve(file), backup.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    append("c");
  }

  private void append(String payload) {
    try (EmbeddedLog log = open()) {
      assertInstanceOf(Appended.At.class, done(log.append(entry(Topic.REVOCATION, payload))));
    }
  }

  private EmbeddedLog open() {
    return EmbeddedLog.open(folder, CLOCK, "the test", 0, Duration.ZERO);
  }

  private Acceptance accept() {
    return EmbeddedLog.accept(folder, CLOCK, "the test", _ -> List.of());
  }

  /** Puts other bytes into a file that stays the same file. */
  private void overwrite(String file) throws IOException {
    Files.write(folder.resolve(file), Files.readAllBytes(backup.resolve(file)));
  }

  private void replace(String file) throws IOException {
    Files.copy(
        backup.resolve(file),
        folder.resolve(file),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** Opening says so, status says so, and after accepting it the log goes on as another one. */
  private Acceptance.Accepted mustBeAccepted(String why, int records, long lost) {
    LogException refusal = assertThrows(LogException.class, this::open);
    String text = String.valueOf(refusal.getMessage());
    assertTrue(text.contains("was restored or moved"), text);
    assertTrue(text.contains("gat log accept --config FILE"), text);
    assertTrue(text.contains(why), text);
    LogHealth.Failed health =
        assertInstanceOf(LogHealth.Failed.class, EmbeddedLog.status(folder).health());
    assertTrue(health.why().startsWith("restored or moved"), health.why());

    Acceptance.Accepted accepted = assertInstanceOf(Acceptance.Accepted.class, accept());
    assertTrue(accepted.doubt().contains(why), accepted.doubt());
    assertEquals(records, accepted.end());
    assertEquals(lost, accepted.lost());
    assertNotEquals(accepted.before(), Optional.of(accepted.now()));
    try (EmbeddedLog log = open()) {
      assertEquals(accepted.now(), log.incarnation());
      assertEquals(records, log.read(0, 10, ALL).size());
      // What was lost had a position that nobody gets again.
      assertEquals(records + lost, log.end());
      assertEquals(
          new Appended.At(records + lost + 1, Appended.Novelty.NEW),
          done(log.append(entry(Topic.KEY, "next"))));
    }
    open().close();
    assertEquals(new Acceptance.NotNeeded(accepted.now(), records + lost + 1), accept());
    return accepted;
  }

  @Test
  void whatWasNotTouchedNeedsNoAcceptance() {
    assertInstanceOf(Acceptance.NotNeeded.class, accept());
    append("d");
    assertEquals(4, EmbeddedLog.status(folder).end());
  }

  @Test
  void databaseRestoredInPlace() throws Exception {
    overwrite("log.db");
    mustBeAccepted("it ends at position 2 but was durable up to position 3", 2, 1);
  }

  @Test
  void databaseRestoredAsAnotherFile() throws Exception {
    replace("log.db");
    mustBeAccepted("log.db is another file", 2, 1);
  }

  @Test
  void everythingRestoredAsOtherFiles() throws Exception {
    replace("log.db");
    replace("log.witness");
    mustBeAccepted("log.db is another file", 2, 0); // the witness has forgotten, too
  }

  @Test
  void wholeFolderCopied() throws Exception {
    Path copy = above.resolve("copy");
    Files.createDirectory(copy);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    folder = copy;
    mustBeAccepted("log.witness is another file", 3, 0);
  }

  @Test
  void renamedFolderIsTheSameLog() throws Exception {
    Path renamed = above.resolve("renamed");
    Files.move(folder, renamed);
    folder = renamed;
    append("d");
    assertEquals(4, EmbeddedLog.status(folder).end());
  }

  @Test
  void witnessLost() throws Exception {
    Files.delete(folder.resolve("log.witness"));
    mustBeAccepted("log.witness is missing", 3, 0);
  }

  @Test
  void witnessDestroyed() throws Exception {
    Files.write(folder.resolve("log.witness"), new byte[1024]);
    mustBeAccepted("log.witness cannot be read", 3, 0);
  }

  @Test
  void witnessRestoredInPlace() throws Exception {
    append("d");
    overwrite("log.witness");
    mustBeAccepted("log.witness is older than log.db", 4, 0);
  }

  @Test
  void backupOfTheSameLengthRestoredInPlace() throws Exception {
    for (String file : FILES) {
      Files.copy(folder.resolve(file), backup.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    open().close();
    overwrite("log.db");
    mustBeAccepted("log.db is older than log.witness", 3, 0);
  }

  /** Between the database's new generation and the witness', or before there is a witness. */
  @Test
  void startThatWasKilledHalfwayIsNoRestore() throws Exception {
    for (int start = 0; start < 3; start++) {
      addGenerations(1);
      open().close();
    }
    append("d");
    assertEquals(4, EmbeddedLog.status(folder).end());

    addGenerations(2);
    LogException refusal = assertThrows(LogException.class, this::open);
    String text = String.valueOf(refusal.getMessage());
    assertTrue(text.contains("log.witness is older than log.db"), text);

    folder = above.resolve("new");
    open().close();
    try (Connection database = database()) {
      LogState.putGeneration(database, 0);
    }
    Files.delete(folder.resolve("log.witness"));
    append("first");
    Files.delete(folder.resolve("log.witness"));
    assertThrows(LogException.class, this::open);
  }

  private void addGenerations(int more) throws Exception {
    try (Connection database = database()) {
      LogState.putGeneration(database, LogState.read(database).generation() + more);
    }
  }

  private Connection database() throws Exception {
    return JDBC.createConnection("jdbc:sqlite:" + folder.resolve("log.db"), new Properties());
  }

  @Test
  void databaseLost() throws Exception {
    Files.delete(folder.resolve("log.db"));
    LogException refusal = assertThrows(LogException.class, this::open);
    String text = String.valueOf(refusal.getMessage());
    assertTrue(text.contains("log.db was missing"), text);
    Acceptance.Accepted accepted = assertInstanceOf(Acceptance.Accepted.class, accept());
    assertEquals(3, accepted.lost());
    assertEquals(0, accepted.end());
    try (EmbeddedLog log = open()) {
      assertEquals(3, log.end());
      assertEquals(accepted.now(), log.incarnation());
    }
  }

  @Test
  void writeAheadLogLostAfterACrash() throws Exception {
    try (ChildProcess child = ChildProcess.start(HoldingChild.class, folder.toString())) {
      assertEquals("open", child.readLine());
      child.kill();
    }
    Files.delete(folder.resolve("log.db-wal"));
    mustBeAccepted("it ends at position 3 but was durable up to position 4", 3, 1);
  }

  @Test
  void damagedEndOfTheWriteAheadLogAfterACrash() throws Exception {
    try (ChildProcess child = ChildProcess.start(HoldingChild.class, folder.toString())) {
      assertEquals("open", child.readLine());
      child.kill();
    }
    byte[] wal = Files.readAllBytes(folder.resolve("log.db-wal"));
    wal[wal.length - 100] ^= 1; // SQLite silently ends the log before it
    Files.write(folder.resolve("log.db-wal"), wal);
    mustBeAccepted("it ends at position 3 but was durable up to position 4", 3, 1);
  }

  /** As docs/log.md tells: while it runs, with SQLite's means; then in the place of what was. */
  @ParameterizedTest
  @ValueSource(strings = {"VACUUM INTO '%s'", "backup to %s"})
  void backupThatWasMadeWhileItRan(String how) throws Exception {
    Path copy = above.resolve("copy.db");
    try (EmbeddedLog log = open();
        Connection other = database()) {
      assertInstanceOf(Appended.At.class, done(log.append(entry(Topic.CLAIM, "in it"))));
      Tables.run(other, how.formatted(copy));
      assertInstanceOf(Appended.At.class, done(log.append(entry(Topic.CLAIM, "lost"))));
    }
    Files.delete(folder.resolve("log.db"));
    LogFiles.create(folder.resolve("log.db"));
    Files.write(folder.resolve("log.db"), Files.readAllBytes(copy));
    mustBeAccepted("it ends at position 4 but was durable up to position 5", 4, 1);
  }

  @Test
  void writesWhatGoesWithTheAcceptanceAtOnce() throws Exception {
    overwrite("log.db");
    Acceptance accepted =
        EmbeddedLog.accept(
            folder,
            CLOCK,
            "the test",
            found -> List.of(entry(Topic.REVOCATION, found.before() + " → " + found.now())));

    Acceptance.Accepted now = assertInstanceOf(Acceptance.Accepted.class, accepted);
    try (EmbeddedLog log = open()) {
      List<LogRecord> records = log.read(2, 10, ALL);
      assertEquals(
          List.of(now.before() + " → " + now.now()),
          records.stream().map(LogRecord::payload).toList());
      assertEquals(4, records.getFirst().position());
    }
  }

  @Test
  void acceptanceThatFailsChangesNothing() throws Exception {
    overwrite("log.db");
    assertThrows(
        IllegalStateException.class,
        () ->
            EmbeddedLog.accept(
                folder,
                CLOCK,
                "the test",
                _ -> {
                  throw new IllegalStateException("no revocation could be made");
                }));
    mustBeAccepted("it ends at position 2 but was durable up to position 3", 2, 1);
  }

  @Test
  void thereMustBeALog() {
    LogException e =
        assertThrows(
            LogException.class,
            () -> EmbeddedLog.accept(above.resolve("no"), CLOCK, "the test", _ -> List.of()));
    assertTrue(String.valueOf(e.getMessage()).contains("there is no log"), e.getMessage());
  }
}
