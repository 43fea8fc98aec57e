package io.gat.log;

import static io.gat.log.FollowContract.done;
import static io.gat.log.FollowContract.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;

/**
 * Changes each byte of a small log: it is found, or the byte means nothing, and everything reads
 * back as it was written.
 */
final class FlippedBytesTest {
  private static final int PAGE = 512;

  /** Where an SQLite file says which journal it has; in memory there is no write-ahead log. */
  private static final int[] JOURNAL = {18, 19};

  @TempDir private Path folder;
  private LogFiles files = new LogFiles(Path.of("."));
  private byte[] whole = new byte[0];
  private List<LogRecord> records = List.of();
  private Heads heads = Heads.origin(0);
  private LogState state = LogState.initial("", new FileIdentity(0, 0));

  @BeforeEach
  void writeSmallLog() throws Exception {
    files = new LogFiles(folder.resolve("log"));
    Reserve none = new ReserveFile(files, 0);
    Options options = Options.usual().withPageSize(PAGE);
    InstantSource clock = InstantSource.system();
    try (EmbeddedLog log = EmbeddedLog.open(files, clock, "the test", options, none)) {
      for (int i = 0; i < 12; i++) {
        done(log.append(entry(Topic.CLAIM, "claim" + i, "x".repeat(100))));
        done(log.append(entry(Topic.AUDIT, "{\"n\":" + i + "}")));
      }
      done(log.append(entry(Topic.KEY, "key", "y".repeat(2 * PAGE)))); // beyond its page
      done(log.append(entry(Topic.REVOCATION, "revocation", "z")));
      done(log.tick());
      log.compact(Topic.CLAIM, 20); // leaves free pages, and a base
      records = log.read(0, 100, EnumSet.allOf(Topic.class));
    }
    whole = Files.readAllBytes(files.database());
    try (Connection connection = inMemory(whole)) {
      assertEquals(Optional.empty(), wrong(connection)); // or the test would find nothing
      state = LogState.read(connection);
      heads = Verification.records(connection).heads();
    }
  }

  @Test
  void everyFlippedByteIsFoundOrMeansNothing() throws Exception {
    int found = 0;
    List<String> unnoticed = new ArrayList<>();
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      if (isFound(flipped)) {
        found++;
      } else {
        readsBackAsWritten(flipped).ifPresent(unnoticed::add);
      }
    }

    assertEquals(List.of(), unnoticed);
    // The rest is free pages, and free space within pages.
    assertTrue(found > whole.length / 4, found + " of " + whole.length);
  }

  /** The same through the door: what the check finds keeps the log from opening. */
  @Test
  void damagedLogDoesNotOpen() throws Exception {
    int refused = 0;
    for (int at = 0; at < whole.length; at += at < 100 ? 1 : 97) {
      flip(at);
      try (EmbeddedLog log =
          EmbeddedLog.open(folder.resolve("log"), InstantSource.system(), "it", 0, Duration.ZERO)) {
        assertEquals(records, log.read(0, 100, EnumSet.allOf(Topic.class)), "byte " + at);
      } catch (LogException e) {
        refused++;
        assertTrue(
            String.valueOf(e.getMessage()).contains("gat log accept --config FILE"),
            e.getMessage());
      }
      restore();
    }
    assertTrue(refused > 50, refused + " refused");
  }

  private void flip(int at) throws IOException {
    try (FileChannel channel = FileChannel.open(files.database(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (whole[at] ^ 0xff)}), at);
    }
  }

  /** The file as it was, in place; the witness learns nothing of generations that came between. */
  private void restore() throws IOException {
    Files.deleteIfExists(files.folder().resolve("log.db-wal"));
    Files.deleteIfExists(files.folder().resolve("log.db-shm"));
    try (FileChannel channel = FileChannel.open(files.database(), StandardOpenOption.WRITE)) {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(whole));
    }
    Witness.replace(files, state.generation(), state.incarnation(), heads);
  }

  private boolean isFound(byte[] bytes) throws SQLException {
    try (Connection connection = inMemory(bytes)) {
      return wrong(connection).isPresent();
    } catch (SQLException e) {
      return true;
    }
  }

  /** What the checks at the start say. */
  private static Optional<String> wrong(Connection connection) {
    try {
      Verification.structure(connection);
      Verification.records(connection);
      return Optional.empty();
    } catch (SQLException | RuntimeException e) {
      return Optional.of(e.toString());
    }
  }

  private Optional<String> readsBackAsWritten(byte[] bytes) throws SQLException {
    try (Connection connection = inMemory(bytes)) {
      RecordQuery query = new RecordQuery(connection, RecordQuery.Reading.VERIFIED);
      assertEquals(state, LogState.read(connection));
      assertEquals(records, query.read(0, 100, Long.MAX_VALUE, EnumSet.allOf(Topic.class)));
      for (LogRecord record : records) {
        if (!record.id().isEmpty()) {
          assertEquals(Optional.of(record), query.find(record.topic(), record.id()));
        }
      }
      return Optional.empty();
    } catch (SQLException | LogException | AssertionError e) {
      for (int at = 0; at < bytes.length; at++) {
        if (bytes[at] != whole[at]) {
          return Optional.of("byte " + at + ", now " + (bytes[at] & 0xff) + ": " + e);
        }
      }
      throw e;
    }
  }

  private static Connection inMemory(byte[] bytes) throws SQLException {
    byte[] copy = bytes.clone();
    for (int at : JOURNAL) {
      if (copy[at] == 2) {
        copy[at] = 1;
      }
    }
    Connection connection =
        JDBC.createConnection("jdbc:sqlite::memory:", new java.util.Properties());
    ((SQLiteConnection) connection).deserialize("main", copy);
    return connection;
  }
}
