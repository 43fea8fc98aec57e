package io.gat.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/** Writes records, each chained to the one before it. Used by one thread. */
final class RecordInsert {
  private final Map<Topic, PreparedStatement> inserts = new EnumMap<>(Topic.class);
  private final Map<Topic, PreparedStatement> finds = new EnumMap<>(Topic.class);
  private final Chain chain = new Chain();

  RecordInsert(Connection connection) throws SQLException {
    for (Topic topic : Topic.values()) {
      String table = Tables.name(topic);
      inserts.put(
          topic,
          connection.prepareStatement(
              "INSERT INTO "
                  + table
                  + "(position, id, at, payload, sum) VALUES(?, ?, ?, ?, ?)"
                  + " ON CONFLICT(id) WHERE id <> '' DO NOTHING"));
      finds.put(
          topic,
          connection.prepareStatement(
              "SELECT position FROM " + table + " WHERE id = ? AND id <> ''"));
    }
  }

  /**
   * Writes one record after the last one.
   *
   * @return false where its topic has a record with this id; then nothing was written
   */
  boolean insert(Work.Row row, long at, Heads heads) throws SQLException {
    long position = heads.end() + 1;
    Topic topic = row.topic();
    byte[] sum = chain.sum(heads.sum(topic), topic, position, at, row.idBytes(), row.payload());
    PreparedStatement insert = of(inserts, topic);
    insert.setLong(1, position);
    insert.setString(2, row.id());
    insert.setLong(3, at);
    insert.setBytes(4, row.payload());
    insert.setBytes(5, sum);
    if (insert.executeUpdate() == 0) {
      return false;
    }
    heads.advance(topic, position, sum);
    return true;
  }

  /** Where the topic has a record with this id, also one of the transaction under way. */
  OptionalLong find(Topic topic, String id) throws SQLException {
    if (id.isEmpty()) {
      return OptionalLong.empty();
    }
    PreparedStatement find = of(finds, topic);
    find.setString(1, id);
    try (ResultSet rows = find.executeQuery()) {
      return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
    }
  }

  private static PreparedStatement of(Map<Topic, PreparedStatement> statements, Topic topic) {
    PreparedStatement found = statements.get(topic);
    if (found == null) {
      throw new IllegalStateException("every topic has its statements");
    }
    return found;
  }

  void close() throws SQLException {
    for (PreparedStatement statement : inserts.values()) {
      statement.close();
    }
    for (PreparedStatement statement : finds.values()) {
      statement.close();
    }
  }
}
