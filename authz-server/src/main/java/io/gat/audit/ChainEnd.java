package io.gat.audit;

import io.gat.audit.AuditRecordJson.Head;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds the end of a writer's own chain in the log. */
final class ChainEnd {
  private static final Set<Topic> AUDIT = Set.of(Topic.AUDIT);
  private static final int PAGE = 1_000;
  private static final long WIDEST = 1 << 20;

  private final LogReader log;
  private final String writer;
  private final String beginning;

  ChainEnd(LogReader log, String writer) {
    this.log = log;
    this.writer = writer;
    this.beginning = AuditRecordJson.beginning(writer);
  }

  /**
   * The chain as the log has it: looks from the log's end back to this writer's last checkpoint.
   *
   * @throws LogException where what is there is no chain
   */
  Found find() {
    LogRecord last = null;
    long upper = log.end(Topic.AUDIT);
    long width = PAGE;
    while (upper > 0) {
      long lower = Math.max(0, upper - width);
      LogRecord checkpoint = null;
      long after = lower;
      while (after < upper) {
        List<LogRecord> page = log.read(after, PAGE, AUDIT);
        if (page.isEmpty()) {
          break;
        }
        for (LogRecord record : page) {
          if (record.position() <= upper && isOwn(record)) {
            last = last == null || record.position() > last.position() ? record : last;
            checkpoint = head(record).isCheckpoint() ? record : checkpoint;
          }
        }
        after = page.getLast().position();
      }
      if (last != null && checkpoint != null) {
        return chain(last, checkpoint);
      }
      upper = lower;
      width = Math.min(width * 2, WIDEST);
    }
    if (last != null) {
      throw damaged(last, "its chain has no checkpoint");
    }
    return new Found(RecordChain.empty(writer), "");
  }

  /**
   * A chain as it was found.
   *
   * @param incarnation of the log when its last checkpoint was signed; empty where there is none
   */
  record Found(RecordChain chain, String incarnation) {
    Found {
      Objects.requireNonNull(chain);
      Objects.requireNonNull(incarnation);
    }
  }

  private Found chain(LogRecord last, LogRecord checkpoint) {
    Head end = head(last);
    Head signed = head(checkpoint);
    Checkpoint statement =
        payload(signed.checkpoint())
            .flatMap(Checkpoint::read)
            .orElseThrow(() -> damaged(checkpoint, "its checkpoint cannot be read"));
    long since = end.sequence() - signed.sequence();
    if (since < 0) {
      throw damaged(last, "its sequence is lower than that of a record before it");
    }
    return new Found(
        new RecordChain(
            writer, end.sequence(), hash(last), last.position(), statement.events() + since),
        statement.incarnation());
  }

  /** What a compact JWS says, whoever signed it; empty where it says nothing. */
  static Optional<String> payload(String jws) {
    int first = jws.indexOf('.');
    int second = jws.indexOf('.', first + 1);
    if (first < 0 || second < 0) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(jws.substring(first + 1, second));
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * This writer's last record behind a position.
   *
   * @return empty where there is none
   */
  Optional<RecordChain> lastAfter(long position) {
    LogRecord last = null;
    long after = position;
    while (true) {
      List<LogRecord> page = log.read(after, PAGE, AUDIT);
      if (page.isEmpty()) {
        return Optional.ofNullable(last).map(this::end);
      }
      for (LogRecord record : page) {
        last = isOwn(record) ? record : last;
      }
      after = page.getLast().position();
    }
  }

  private RecordChain end(LogRecord record) {
    return new RecordChain(writer, head(record).sequence(), hash(record), record.position(), 0);
  }

  private boolean isOwn(LogRecord record) {
    return record.payload().startsWith(beginning);
  }

  private static Head head(LogRecord record) {
    try {
      return AuditRecordJson.head(record.payload());
    } catch (UnreadableRecordException e) {
      throw damaged(record, String.valueOf(e.getMessage()));
    }
  }

  private static String hash(LogRecord record) {
    return RecordChain.hash(
        RecordChain.sha256(), record.payload().getBytes(StandardCharsets.UTF_8));
  }

  private static LogException damaged(LogRecord record, String why) {
    return new LogException(
        "the audit log is damaged at position "
            + record.position()
            + ": "
            + why
            + "; run `gat audit verify`, and restore the log from a backup");
  }
}
