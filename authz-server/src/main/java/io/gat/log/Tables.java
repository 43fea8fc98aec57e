package io.gat.log;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The database's tables. Each topic has its own, in the order of positions: so it is read, verified
 * and compacted without touching the others.
 */
final class Tables {
  /** Marks the file as gat's log: "gatl". */
  static final int APPLICATION = 0x6761746c;

  /** The form of the tables, as {@code user_version}. */
  static final int VERSION = 1;

  /** More than any topic's code. */
  static final int CODES = 7;

  private static final int BUSY_MS = 5_000;

  private Tables() {}

  /** The name of a topic's table. */
  static String name(Topic topic) {
    return topic.name().toLowerCase(Locale.ROOT) + "_record";
  }

  /** What a topic is called in sums, in [1, {@link #CODES}); never changed. */
  static int code(Topic topic) {
    return switch (topic) {
      case KEY -> 1;
      case REVOCATION -> 2;
      case CLAIM -> 3;
      case AUDIT -> 4;
      case OPERATOR -> 5;
      case APPROVAL -> 6;
    };
  }

  /** The statements that make the tables, as SQLite keeps them. */
  static List<String> definitions() {
    List<String> all = new ArrayList<>();
    all.add(
        "CREATE TABLE state(name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL,"
            + " sum BLOB NOT NULL) STRICT, WITHOUT ROWID");
    all.add("CREATE TABLE tick(place INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT");
    for (Topic topic : Topic.values()) {
      String name = name(topic);
      all.add(
          "CREATE TABLE "
              + name
              + "(position INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL,"
              + " payload BLOB NOT NULL, sum BLOB NOT NULL) STRICT");
      all.add("CREATE UNIQUE INDEX " + name + "_id ON " + name + "(id) WHERE id <> ''");
    }
    return all;
  }

  /** Creates the tables in an empty database; the caller commits. */
  static void create(Connection connection) throws SQLException {
    run(connection, "PRAGMA application_id=" + APPLICATION);
    run(connection, "PRAGMA user_version=" + VERSION);
    for (String definition : definitions()) {
      run(connection, definition);
    }
    run(connection, "INSERT INTO tick(place, count) VALUES(1, 0)");
  }

  /** What the database says its tables are, in any order. */
  static List<String> definitionsIn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  /** Opens the database for the one that writes. */
  static Connection openToWrite(Path file, Options options) throws SQLException {
    Connection connection = open(file, new Properties());
    try {
      run(connection, "PRAGMA page_size=" + options.pageSize());
      run(connection, "PRAGMA busy_timeout=" + BUSY_MS);
      run(connection, "PRAGMA journal_mode=WAL");
      run(connection, "PRAGMA synchronous=FULL");
      run(connection, "PRAGMA wal_autocheckpoint=0"); // see Checkpoints
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Opens the database to read, beside the one that writes. */
  static Connection openToRead(Path file) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("open_mode", "1"); // SQLITE_OPEN_READONLY
    Connection connection = open(file, properties);
    try {
      run(connection, "PRAGMA busy_timeout=" + BUSY_MS);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static Connection open(Path file, Properties properties) throws SQLException {
    return JDBC.createConnection("jdbc:sqlite:" + file.toAbsolutePath(), properties);
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Takes back what the transaction has done. */
  static void rollBack(Connection connection) {
    try {
      run(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has done it by itself after some errors, and says so.
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /** True where it failed for want of space. */
  static boolean isFull(SQLException e) {
    return e instanceof SQLiteException failure
        && (failure.getResultCode() == SQLiteErrorCode.SQLITE_FULL
            || failure.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE);
  }

  /** True where another program held the database for too long. */
  static boolean isBusy(SQLException e) {
    return e instanceof SQLiteException failure
        && (failure.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
  }
}
