package io.gat.log;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** The connections that read, a few, opened when they are needed. */
final class RecordQueries implements AutoCloseable {
  private static final int MOST = 4;

  private final Path file;
  private final RecordQuery.Reading reading;
  private final Semaphore free = new Semaphore(MOST);
  private final ConcurrentLinkedDeque<RecordQuery> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  RecordQueries(Path file) {
    this(file, RecordQuery.Reading.VERIFIED);
  }

  RecordQueries(Path file, RecordQuery.Reading reading) {
    this.file = file;
    this.reading = reading;
  }

  /** What is asked of a connection. */
  interface Question<T> {
    T ask(RecordQuery query) throws SQLException;
  }

  /**
   * Asks on a connection that nobody else uses meanwhile.
   *
   * @throws LogException where the log cannot be read
   */
  <T> T ask(Question<T> question) {
    free.acquireUninterruptibly();
    RecordQuery query = idle.poll();
    try {
      if (closed) {
        throw new LogException("it is closed");
      }
      if (query == null) {
        query = RecordQuery.open(file, reading);
      }
      T answer = question.ask(query);
      idle.push(query);
      query = null;
      return answer;
    } catch (SQLException | LogException e) {
      throw new LogException(file + ": cannot be read: " + e.getMessage(), e);
    } finally {
      if (query != null) {
        close(query);
      }
      free.release();
    }
  }

  List<LogRecord> read(long after, int max, long maxBytes, Set<Topic> topics) {
    if (max < 1) {
      throw new IllegalArgumentException("reads at least one record, not " + max);
    }
    return topics.isEmpty()
        ? List.of()
        : ask(query -> query.read(after, max, maxBytes, Set.copyOf(topics)));
  }

  Optional<LogRecord> find(Topic topic, String id) {
    return id.isEmpty() ? Optional.empty() : ask(query -> query.find(topic, id));
  }

  private void close(RecordQuery query) {
    try {
      query.close();
    } catch (SQLException e) {
      throw new LogException(file + ": cannot be closed: " + e.getMessage(), e);
    }
  }

  /** Waits for those who ask and closes the connections. */
  @Override
  public void close() {
    closed = true;
    free.acquireUninterruptibly(MOST);
    try {
      RecordQuery query;
      while ((query = idle.poll()) != null) {
        close(query);
      }
    } finally {
      free.release(MOST);
    }
  }
}
