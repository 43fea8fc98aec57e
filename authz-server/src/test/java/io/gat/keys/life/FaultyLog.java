package io.gat.keys.life;

import io.gat.log.Appended;
import io.gat.log.ForwardingLog;
import io.gat.log.LogEntry;
import io.gat.log.LogRecord;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A log whose appends may end without an answer. */
final class FaultyLog extends ForwardingLog {
  private final Supplier<Fate> fates;

  /** What becomes of the next append. */
  enum Fate {
    ANSWERED,
    /** Written, and nobody is told. */
    WRITTEN,
    /** Not written, and nobody is told. */
    LOST
  }

  FaultyLog(SharedLog log, Supplier<Fate> fates) {
    super(log);
    this.fates = fates;
  }

  @Override
  public CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic) {
    Fate fate = fates.get();
    if (fate == Fate.ANSWERED) {
      return log.append(entries, lastOfTopic);
    }
    if (fate == Fate.WRITTEN) {
      Appended _ = log.append(entries, lastOfTopic).join();
    }
    return CompletableFuture.completedFuture(new Appended.Unknown("a fault"));
  }

  @Override
  public List<LogRecord> read(long after, int max, Set<Topic> topics) {
    // Most look for news that there are not.
    return topics.stream().allMatch(t -> log.end(t) <= after)
        ? List.of()
        : log.read(after, max, topics);
  }
}
