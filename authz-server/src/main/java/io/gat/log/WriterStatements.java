package io.gat.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What the one that writes prepares once and uses for every transaction. */
record WriterStatements(
    RecordInsert records,
    Compactor compactor,
    PreparedStatement begin,
    PreparedStatement commit,
    PreparedStatement current,
    PreparedStatement tick) {
  static WriterStatements prepare(Connection connection) throws SQLException {
    return new WriterStatements(
        new RecordInsert(connection),
        new Compactor(connection),
        connection.prepareStatement("BEGIN IMMEDIATE"),
        connection.prepareStatement("COMMIT"),
        connection.prepareStatement("SELECT 1 FROM state WHERE name = 'generation' AND value = ?"),
        connection.prepareStatement("UPDATE tick SET count = count + 1 WHERE place = 1"));
  }

  /**
   * Whether nobody has opened the log for writing since. Within a transaction that has begun to
   * write nobody can either, until its end: so what it writes is fenced by this.
   */
  boolean isCurrent(long generation) throws SQLException {
    current.setString(1, Long.toString(generation));
    try (ResultSet rows = current.executeQuery()) {
      return rows.next();
    }
  }

  void close() throws SQLException {
    records.close();
    compactor.close();
    begin.close();
    commit.close();
    current.close();
    tick.close();
  }
}
