package io.gat.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What waits for the thread that writes. */
sealed interface Work {
  /** A moment as it is kept: in microseconds since 1970, rounded down. */
  static long micros(Instant at) {
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1_000);
  }

  /** A record to be, as bytes already: so the one thread that writes has less to do. */
  final class Row {
    private final Topic topic;
    private final String id;
    private final byte[] idBytes;
    private final byte[] payload;

    private Row(LogEntry entry) {
      this.topic = entry.topic();
      this.id = entry.id();
      this.idBytes = entry.id().getBytes(StandardCharsets.UTF_8);
      this.payload = entry.payload().getBytes(StandardCharsets.UTF_8);
    }

    static Row of(LogEntry entry) {
      return new Row(entry);
    }

    Topic topic() {
      return topic;
    }

    String id() {
      return id;
    }

    byte[] idBytes() {
      return idBytes;
    }

    byte[] payload() {
      return payload;
    }
  }

  /**
   * An append.
   *
   * @param at microseconds since 1970
   * @param effect {@link Effect#GRANTS} if one of its entries does
   */
  record Append(
      List<Row> rows,
      OptionalLong lastOfTopic,
      long at,
      Effect effect,
      CompletableFuture<Appended> done)
      implements Work {
    Topic topic() {
      return rows.getFirst().topic();
    }

    String id() {
      return rows.getFirst().id();
    }

    long bytes() {
      long bytes = 0;
      for (Row row : rows) {
        bytes += row.payload().length;
      }
      return bytes;
    }
  }

  /** A topic's records before a position go. */
  record Compaction(Topic topic, long before, CompletableFuture<Void> done) implements Work {}
}
