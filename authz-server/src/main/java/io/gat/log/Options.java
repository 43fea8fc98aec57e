package io.gat.log;

import java.time.Duration;

/**
 * How an embedded log is opened.
 *
 * @param reserve bytes kept for what takes away when the disk is full; in [0, ∞), default 16 MiB
 * @param lockWait for how long to wait while another process writes to the log; default 300 ms,
 *     because a command that shows the log's status holds its lock for a moment
 * @param pageSize SQLite's, for a new database
 * @param queueEntries entries that may wait to be written; those that take away may be twice as
 *     many
 * @param queueBytes bytes of payload that may wait, likewise
 */
record Options(long reserve, Duration lockWait, int pageSize, int queueEntries, long queueBytes) {
  static final long RESERVE = 16L * 1024 * 1024;

  static Options usual() {
    return new Options(RESERVE, Duration.ofMillis(300), 4096, 16_384, 64L * 1024 * 1024);
  }

  Options withReserve(long bytes) {
    return new Options(bytes, lockWait, pageSize, queueEntries, queueBytes);
  }

  Options withLockWait(Duration wait) {
    return new Options(reserve, wait, pageSize, queueEntries, queueBytes);
  }

  Options withPageSize(int bytes) {
    return new Options(reserve, lockWait, bytes, queueEntries, queueBytes);
  }

  Options withQueueEntries(int entries) {
    return new Options(reserve, lockWait, pageSize, entries, queueBytes);
  }
}
