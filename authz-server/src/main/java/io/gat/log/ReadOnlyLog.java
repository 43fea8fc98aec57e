package io.gat.log;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The log beside the process that writes to it. */
final class ReadOnlyLog implements LogReader {
  private final RecordQueries queries;
  private final String incarnation;

  ReadOnlyLog(RecordQueries queries) {
    this.queries = queries;
    this.incarnation = queries.ask(RecordQuery::state).incarnation();
  }

  @Override
  public String incarnation() {
    return incarnation;
  }

  @Override
  public long end() {
    return queries.ask(RecordQuery::heads).end();
  }

  @Override
  public long end(Topic topic) {
    return queries.ask(RecordQuery::heads).end(topic);
  }

  @Override
  public List<LogRecord> read(long after, int max, Set<Topic> topics) {
    return queries.read(after, max, Long.MAX_VALUE, topics);
  }

  @Override
  public Optional<LogRecord> find(Topic topic, String id) {
    return queries.find(topic, id);
  }

  @Override
  public void close() {
    queries.close();
  }
}
