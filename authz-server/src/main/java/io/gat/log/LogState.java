package io.gat.log;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What the database says of itself, each value with a sum of its own.
 *
 * @param incarnation the log's
 * @param generation how often it was opened for writing
 * @param file the identity of the file that the database was created, or accepted, in
 * @param floor positions up to this one are never used again
 * @param bases per topic, what was compacted away
 */
record LogState(
    String incarnation, long generation, FileIdentity file, long floor, Map<Topic, Base> bases) {
  /**
   * Where a topic begins.
   *
   * @param position of the last record that was compacted away; 0 for none
   * @param hex its sum
   */
  record Base(long position, String hex) {
    static Base of(long position, byte[] sum) {
      return new Base(position, HexFormat.of().formatHex(sum));
    }

    static Base origin() {
      return of(0, Chain.origin());
    }

    byte[] sum() {
      return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
      return position + "/" + hex;
    }

    static Base parse(String text) {
      int slash = text.indexOf('/');
      return new Base(Long.parseLong(text.substring(0, slash)), text.substring(slash + 1));
    }
  }

  static LogState initial(String incarnation, FileIdentity file) {
    Map<Topic, Base> bases = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      bases.put(topic, Base.origin());
    }
    return new LogState(incarnation, 0, file, 0, bases);
  }

  LogState accepted(String newIncarnation, long newGeneration, FileIdentity newFile, long from) {
    return new LogState(newIncarnation, newGeneration, newFile, from, bases);
  }

  Base base(Topic topic) {
    return bases.getOrDefault(topic, Base.origin());
  }

  /** Writes all of it; the caller commits. */
  void write(Connection connection) throws SQLException {
    put(connection, "incarnation", incarnation);
    putGeneration(connection, generation);
    put(connection, "file", file.toString());
    put(connection, "floor", Long.toString(floor));
    for (Map.Entry<Topic, Base> base : bases.entrySet()) {
      putBase(connection, base.getKey(), base.getValue());
    }
  }

  static void putGeneration(Connection connection, long generation) throws SQLException {
    put(connection, "generation", Long.toString(generation));
  }

  static void putBase(Connection connection, Topic topic, Base base) throws SQLException {
    put(connection, "base " + Tables.name(topic), base.toString());
  }

  private static void put(Connection connection, String name, String value) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO state(name, value, sum) VALUES(?, ?, ?)"
                + " ON CONFLICT(name) DO UPDATE SET value=excluded.value, sum=excluded.sum")) {
      statement.setString(1, name);
      statement.setString(2, value);
      statement.setBytes(3, sum(name, value));
      statement.executeUpdate();
    }
  }

  private static byte[] sum(String name, String value) {
    return new Chain().sum((name + "\n" + value).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads all of it.
   *
   * @throws LogException where it is not as it was written
   */
  static LogState read(Connection connection) throws SQLException {
    Map<String, String> values = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT name, value, sum FROM state")) {
      while (rows.next()) {
        String name = rows.getString(1);
        String value = rows.getString(2);
        if (!Arrays.equals(sum(name, value), rows.getBytes(3))) {
          throw new LogException("the log's state " + name + " is not as it was written");
        }
        values.put(name, value);
      }
    }
    Map<Topic, Base> bases = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      bases.put(topic, Base.parse(get(values, "base " + Tables.name(topic))));
    }
    return new LogState(
        get(values, "incarnation"),
        Long.parseLong(get(values, "generation")),
        FileIdentity.parse(get(values, "file")),
        Long.parseLong(get(values, "floor")),
        bases);
  }

  private static String get(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new LogException("the log's state " + name + " is missing");
    }
    return value;
  }
}
