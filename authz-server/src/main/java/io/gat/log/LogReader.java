package io.gat.log;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The reading side of the log; may be opened beside the process that writes. */
public interface LogReader extends AutoCloseable {
  /**
   * Random id of this log, 22 characters of base64url. It changes when records may have been lost:
   * a restored backup is another log.
   */
  String incarnation();

  /** The last position that is durable; 0 in an empty log. */
  long end();

  /**
   * The position of the topic's last durable record, even of one that was compacted away; else 0.
   */
  long end(Topic topic);

  /**
   * Durable records in order of their positions.
   *
   * @param after only records with a greater position
   * @param max at most so many, in [1, ∞)
   * @param topics only these
   * @throws LogException where the log cannot be read
   */
  List<LogRecord> read(long after, int max, Set<Topic> topics);

  /** The record of this topic that was appended with this id. */
  Optional<LogRecord> find(Topic topic, String id);

  @Override
  void close();
}
