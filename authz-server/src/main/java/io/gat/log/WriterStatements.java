package io.gat.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** What the one that writes prepares once and uses for every transaction. */
record WriterStatements(
    RecordInsert records,
    Compactor compactor,
    PreparedStatement begin,
    PreparedStatement commit,
    PreparedStatement tick) {
  static WriterStatements prepare(Connection connection) throws SQLException {
    return new WriterStatements(
        new RecordInsert(connection),
        new Compactor(connection),
        connection.prepareStatement("BEGIN IMMEDIATE"),
        connection.prepareStatement("COMMIT"),
        connection.prepareStatement("UPDATE tick SET count = count + 1 WHERE place = 1"));
  }

  void close() throws SQLException {
    records.close();
    compactor.close();
    begin.close();
    commit.close();
    tick.close();
  }
}
