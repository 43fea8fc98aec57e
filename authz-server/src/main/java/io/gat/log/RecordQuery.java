package io.gat.log;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One connection that reads. Everything it gives out was verified against the record before it,
 * unless it is to read as found. Used by one thread at a time.
 */
final class RecordQuery implements AutoCloseable {
  private final Connection connection;
  private final Reading reading;
  private final Chain chain = new Chain();
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final Map<Topic, Statements> statements = new EnumMap<>(Topic.class);

  private record Statements(
      PreparedStatement read, PreparedStatement before, PreparedStatement find) {}

  /** Records of one topic, and how far they reach: there is none left out up to there. */
  private record Part(List<LogRecord> records, long through) {}

  /** What becomes of records that are not as they were written. */
  enum Reading {
    /** They cannot be read. */
    VERIFIED,
    /** They are read: whoever reads has a chain of their own to verify. */
    AS_FOUND
  }

  RecordQuery(Connection connection, Reading reading) throws SQLException {
    this.connection = connection;
    this.reading = reading;
    this.begin = connection.prepareStatement("BEGIN");
    this.commit = connection.prepareStatement("COMMIT");
    for (Topic topic : Topic.values()) {
      String table = Tables.name(topic);
      statements.put(
          topic,
          new Statements(
              connection.prepareStatement(
                  "SELECT position, id, at, payload, sum FROM "
                      + table
                      + " WHERE position > ? ORDER BY position LIMIT ?"),
              connection.prepareStatement(
                  "SELECT sum FROM "
                      + table
                      + " WHERE position <= ? ORDER BY position DESC LIMIT 1"),
              connection.prepareStatement(
                  "SELECT position FROM " + table + " WHERE id = ? AND id <> ''")));
    }
  }

  static RecordQuery open(Path file, Reading reading) throws SQLException {
    Connection connection = Tables.openToRead(file);
    try {
      return new RecordQuery(connection, reading);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** What a query does within one transaction, so that it sees one state of the log. */
  interface Task<T> {
    T run() throws SQLException;
  }

  <T> T atOnce(Task<T> task) throws SQLException {
    begin.execute();
    try {
      return task.run();
    } finally {
      commit.execute();
    }
  }

  /**
   * Records in order.
   *
   * @param maxBytes no more payload than this, but at least one record
   */
  List<LogRecord> read(long after, int max, long maxBytes, Set<Topic> topics) throws SQLException {
    return atOnce(
        () -> {
          List<Part> parts = new ArrayList<>();
          for (Topic topic : topics) {
            parts.add(part(topic, after, max, maxBytes));
          }
          if (parts.size() == 1) {
            return parts.getFirst().records();
          }
          long through = parts.stream().mapToLong(Part::through).min().orElse(0);
          return parts.stream()
              .flatMap(p -> p.records().stream())
              .filter(r -> r.position() <= through)
              .sorted(Comparator.comparingLong(LogRecord::position))
              .limit(max)
              .toList();
        });
  }

  private Part part(Topic topic, long after, int max, long maxBytes) throws SQLException {
    PreparedStatement read = statement(topic).read();
    read.setLong(1, after);
    read.setInt(2, max);
    List<LogRecord> records = new ArrayList<>();
    long bytes = 0;
    try (ResultSet rows = read.executeQuery()) {
      byte[] sum = new byte[0];
      while (rows.next()) {
        long position = rows.getLong(1);
        if (records.isEmpty() && reading == Reading.VERIFIED) {
          sum = sumBefore(topic, position);
        }
        long at = rows.getLong(3);
        byte[] id = rows.getBytes(2);
        byte[] payload = rows.getBytes(4);
        if (reading == Reading.VERIFIED) {
          sum = chain.sum(sum, topic, position, at, id, payload);
          if (!Arrays.equals(sum, rows.getBytes(5))) {
            throw Verification.broken(topic, position);
          }
        }
        bytes += payload.length;
        if (bytes > maxBytes && !records.isEmpty()) {
          return new Part(records, records.getLast().position());
        }
        records.add(record(topic, position, at, id, payload));
      }
    }
    return new Part(records, records.size() == max ? records.getLast().position() : Long.MAX_VALUE);
  }

  private byte[] sumBefore(Topic topic, long position) throws SQLException {
    PreparedStatement before = statement(topic).before();
    before.setLong(1, position - 1);
    try (ResultSet rows = before.executeQuery()) {
      if (rows.next()) {
        return rows.getBytes(1);
      }
    }
    return LogState.read(connection).base(topic).sum();
  }

  Optional<LogRecord> find(Topic topic, String id) throws SQLException {
    return atOnce(
        () -> {
          PreparedStatement find = statement(topic).find();
          find.setString(1, id);
          long position;
          try (ResultSet rows = find.executeQuery()) {
            if (!rows.next()) {
              return Optional.empty();
            }
            position = rows.getLong(1);
          }
          return Optional.of(part(topic, position - 1, 1, Long.MAX_VALUE).records().getFirst());
        });
  }

  /** Where the log's topics end. */
  Heads heads() throws SQLException {
    return atOnce(
        () -> {
          LogState state = LogState.read(connection);
          Heads heads = Heads.origin(state.floor());
          for (Topic topic : Topic.values()) {
            LogState.Base base = state.base(topic);
            long last =
                Tables.number(connection, "SELECT max(position) FROM " + Tables.name(topic));
            heads.advance(topic, Math.max(last, base.position()), base.sum());
          }
          return heads;
        });
  }

  LogState state() throws SQLException {
    return LogState.read(connection);
  }

  /** How many records a topic has, and how many bytes of payload and ids. */
  LogStatus.Size size(Topic topic) throws SQLException {
    return atOnce(
        () ->
            new LogStatus.Size(
                Tables.number(connection, "SELECT count(*) FROM " + Tables.name(topic)),
                Tables.number(
                    connection,
                    "SELECT sum(length(payload) + octet_length(id)) FROM " + Tables.name(topic))));
  }

  private Statements statement(Topic topic) {
    Statements found = statements.get(topic);
    if (found == null) {
      throw new IllegalStateException("every topic has its statements");
    }
    return found;
  }

  private static LogRecord record(Topic topic, long position, long at, byte[] id, byte[] payload) {
    return new LogRecord(
        position,
        topic,
        new String(id, StandardCharsets.UTF_8),
        new String(payload, StandardCharsets.UTF_8),
        Instant.EPOCH.plus(at, ChronoUnit.MICROS));
  }

  @Override
  public void close() throws SQLException {
    connection.close(); // and with it its statements
  }
}
