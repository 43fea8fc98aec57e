package io.gat.log;

import java.util.List;
import java.util.Set;

/** The issuers' shared log, open for reading and writing. */
public interface SharedLog extends LogReader, LogWriter {
  /**
   * This issuer's name among all that write to the log, the same after a restart; visible ASCII.
   * Two that write at the same time never have the same.
   */
  String writer();

  /**
   * Delivers every durable record after a position, in order and none twice, those of other writers
   * too, until it is closed. Deliveries come from one thread.
   */
  Following follow(long after, Set<Topic> topics, Follower follower);

  /** Takes records in their order. */
  @FunctionalInterface
  interface Follower {
    /**
     * Takes records.
     *
     * @param records at least one. Returns when they are taken: the log waits for it. An exception
     *     is logged, and the same records are delivered again
     */
    void take(List<LogRecord> records);
  }

  /** Ends deliveries: none is under way or comes after it has returned. */
  interface Following extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Drops the topic's records before a position. Whoever calls it has written again what must stay.
   * Positions of others do not change, and {@link #end} does not either.
   */
  void compact(Topic topic, long before);

  /** How the log is. */
  LogHealth health();
}
