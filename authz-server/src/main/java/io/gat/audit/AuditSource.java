package io.gat.audit;

import io.gat.audit.AuditVerifier.Places;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where audit records are read from, in their order, a few at a time. */
public sealed interface AuditSource {
  /** What the places of its records are. */
  Places places();

  /**
   * Reads all records to the end.
   *
   * @throws io.gat.log.LogException where the log cannot be read
   * @throws UncheckedIOException where the export cannot be read
   */
  default void read(Sink sink) {
    readWhile(
        (place, payload) -> {
          sink.take(place, payload);
          return true;
        });
  }

  /** Reads records until one is the last that is wanted, or to the end. */
  void readWhile(Taker taker);

  /** Takes records. */
  @FunctionalInterface
  interface Sink {
    void take(long place, String payload);
  }

  /** Takes records, and says whether it wants more. */
  @FunctionalInterface
  interface Taker {
    boolean take(long place, String payload);
  }

  /**
   * The log.
   *
   * @param after only records behind this position
   */
  record Log(LogReader reader, long after) implements AuditSource {
    private static final Set<Topic> AUDIT = Set.of(Topic.AUDIT);
    private static final int PAGE = 1_000;

    public Log {
      Objects.requireNonNull(reader);
    }

    @Override
    public Places places() {
      return Places.POSITIONS;
    }

    @Override
    public void readWhile(Taker taker) {
      long position = after;
      // What is written meanwhile is left to the next reader.
      long end = reader.end(Topic.AUDIT);
      while (position < end) {
        List<LogRecord> page = reader.read(position, PAGE, AUDIT);
        if (page.isEmpty()) {
          return;
        }
        for (LogRecord record : page) {
          position = record.position();
          if (!taker.take(position, record.payload())) {
            return;
          }
        }
      }
    }
  }

  /**
   * An export: one record's payload a line. Can be read once.
   *
   * @param in is closed when it is read
   */
  record Export(InputStream in) implements AuditSource {
    public Export {
      Objects.requireNonNull(in);
    }

    @Override
    public Places places() {
      return Places.LINES;
    }

    @Override
    public void readWhile(Taker taker) {
      try (ExportLines lines = new ExportLines(in)) {
        long place = 0;
        @Nullable String line = lines.next();
        while (line != null && taker.take(++place, line)) {
          line = lines.next();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
