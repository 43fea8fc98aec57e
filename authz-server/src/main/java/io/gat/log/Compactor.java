package io.gat.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/**
 * Drops a topic's first records, a few at a time, and remembers the sum of the last one: the chain
 * goes on from there.
 */
final class Compactor {
  private static final int STEP = 1_000;

  private final Connection connection;
  private final Map<Topic, PreparedStatement> choices = new EnumMap<>(Topic.class);
  private final Map<Topic, PreparedStatement> deletions = new EnumMap<>(Topic.class);

  Compactor(Connection connection) throws SQLException {
    this.connection = connection;
    for (Topic topic : Topic.values()) {
      String table = Tables.name(topic);
      choices.put(
          topic,
          connection.prepareStatement(
              "SELECT position, sum FROM (SELECT position, sum FROM "
                  + table
                  + " WHERE position < ? ORDER BY position LIMIT "
                  + STEP
                  + ") ORDER BY position DESC LIMIT 1"));
      deletions.put(
          topic, connection.prepareStatement("DELETE FROM " + table + " WHERE position <= ?"));
    }
  }

  /**
   * Drops some records before a position; the caller commits.
   *
   * @return true where there may be more
   */
  boolean step(Topic topic, long before) throws SQLException {
    PreparedStatement choice = choices.get(topic);
    PreparedStatement deletion = deletions.get(topic);
    if (choice == null || deletion == null) {
      throw new IllegalStateException("every topic has its statements");
    }
    choice.setLong(1, before);
    LogState.Base base;
    try (ResultSet rows = choice.executeQuery()) {
      if (!rows.next()) {
        return false;
      }
      base = LogState.Base.of(rows.getLong(1), rows.getBytes(2));
    }
    deletion.setLong(1, base.position());
    int dropped = deletion.executeUpdate();
    LogState.putBase(connection, topic, base);
    return dropped == STEP;
  }

  void close() throws SQLException {
    for (PreparedStatement statement : choices.values()) {
      statement.close();
    }
    for (PreparedStatement statement : deletions.values()) {
      statement.close();
    }
  }
}
