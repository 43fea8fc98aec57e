package io.gat.log;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Finds out whether a log is as it was written, all of it. SQLite's own check and the chains work
 * at the same time: the first knows whether pages, tables and indexes hang together, the second
 * whether each record is the one that was appended.
 */
final class Verification {
  private static final String REMEDY =
      "; restore the last backup of its folder, then run: gat log accept --config FILE";

  private Verification() {}

  /**
   * What was found to be whole.
   *
   * @param state what the log says of itself
   * @param heads where its topics end
   */
  record Whole(LogState state, Heads heads) {}

  /**
   * Verifies the whole log.
   *
   * @throws LogException with the first thing that is wrong and what to do
   */
  static Whole verify(Path file, Connection connection) {
    Executor own = task -> Thread.ofPlatform().name("gat-log-check").daemon().start(task);
    CompletableFuture<Void> structure =
        CompletableFuture.runAsync(
            () -> {
              try (Connection second = Tables.openToRead(file)) {
                structure(second);
              } catch (SQLException e) {
                throw new LogException(String.valueOf(e.getMessage()), e);
              }
            },
            own);
    try {
      Whole whole;
      try {
        whole = records(connection);
      } finally {
        structure.handle((done, failure) -> true).join(); // it reads the file until then
      }
      structure.join();
      return whole;
    } catch (CompletionException e) {
      throw damaged(file, e.getCause() == null ? e : e.getCause());
    } catch (SQLException | RuntimeException e) {
      // SQLite's driver meets impossible bytes with more than SQLException.
      throw damaged(file, e);
    }
  }

  /** What a damaged log's user reads. */
  static LogException damaged(Path file, Throwable cause) {
    return new LogException(file + ": the log is damaged: " + cause.getMessage() + REMEDY, cause);
  }

  /** Checks pages, tables and indexes. */
  static void structure(Connection connection) throws SQLException {
    if (Tables.number(connection, "PRAGMA application_id") != Tables.APPLICATION
        || Tables.number(connection, "PRAGMA user_version") != Tables.VERSION
        || !sorted(Tables.definitionsIn(connection)).equals(sorted(Tables.definitions()))) {
      throw new LogException("its tables are not those of a log of this version of gat");
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check(1)")) {
      String found = rows.next() ? rows.getString(1) : "nothing";
      if (!found.equals("ok")) {
        throw new LogException("SQLite's check found: " + found.replace('\n', ' '));
      }
    }
    if (Tables.number(connection, "SELECT count(*) FROM tick WHERE place=1") != 1) {
      throw new LogException("its row for ticks is missing");
    }
  }

  /** A backup that SQLite made may have them in another order. */
  private static List<String> sorted(List<String> definitions) {
    return definitions.stream().sorted().toList();
  }

  /** Checks the state and every record. */
  static Whole records(Connection connection) throws SQLException {
    LogState state = LogState.read(connection);
    Heads heads = Heads.origin(state.floor());
    for (Topic topic : Topic.values()) {
      chain(connection, topic, state.base(topic), heads);
    }
    return new Whole(state, heads);
  }

  private static void chain(Connection connection, Topic topic, LogState.Base base, Heads heads)
      throws SQLException {
    Chain chain = new Chain();
    heads.advance(topic, base.position(), base.sum());
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT position, id, at, payload, sum FROM "
                    + Tables.name(topic)
                    + " ORDER BY position")) {
      while (next(rows, topic, heads)) {
        long position = rows.getLong(1);
        byte[] sum = rows.getBytes(5);
        byte[] expected =
            chain.sum(
                heads.sum(topic),
                topic,
                position,
                rows.getLong(3),
                rows.getBytes(2),
                rows.getBytes(4));
        if (position <= heads.end(topic) || !Arrays.equals(sum, expected)) {
          throw broken(topic, position);
        }
        heads.advance(topic, position, sum);
      }
    }
  }

  private static boolean next(ResultSet rows, Topic topic, Heads heads) throws SQLException {
    try {
      return rows.next();
    } catch (SQLException e) {
      throw new LogException(
          "topic " + topic + " cannot be read after position " + heads.end(topic) + ": " + e, e);
    }
  }

  /** Says which record is wrong. */
  static LogException broken(Topic topic, long position) {
    return new LogException(
        "topic "
            + topic
            + ": the record at position "
            + position
            + " is not as it was written, or one before it is missing");
  }
}
