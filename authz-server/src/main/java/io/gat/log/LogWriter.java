package io.gat.log;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** The writing side of the log. */
public interface LogWriter {
  /**
   * Appends entries, all of them next to each other or none.
   *
   * @param entries at least one; ids only where there is one entry
   * @param lastOfTopic if present, nothing is written unless the last record of the first entry's
   *     topic is at this position (0: there is none)
   * @return completes when the entries are durable, or with why they are not; never exceptionally.
   *     Completed on a thread of the log: what depends on it must not block there
   */
  CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic);

  /** Appends one entry, whatever stands before it. */
  default CompletableFuture<Appended> append(LogEntry entry) {
    return append(List.of(entry), OptionalLong.empty());
  }

  /**
   * Writes that this process is still the one that writes, and tells the position up to which it
   * thereby vouches: only an acknowledged <i>write</i> proves that, a read may come from a log that
   * has been taken over by others. What this process appended before the call stands at or before
   * that position, or never comes. Calls that wait at the same time share one write. Completes with
   * {@link Appended.At} or {@link Appended.Unknown}.
   */
  CompletableFuture<Appended> tick();
}
