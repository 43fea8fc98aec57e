package io.gat.audit;

import io.gat.log.Appended;
import io.gat.log.ForwardingLog;
import io.gat.log.LogEntry;
import io.gat.log.SharedLog;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A log that does not always know what became of an append. */
final class UncertainLog extends ForwardingLog {
  private final String incarnation;
  private final Queue<Fate> fates = new ConcurrentLinkedQueue<>();
  private final Queue<List<LogEntry>> late = new ArrayDeque<>();
  private int ticksToCome = 1;
  private int ticksLeft;
  private volatile boolean silent;

  /** What becomes of an append. */
  enum Fate {
    /** As always. */
    KNOWN,
    /** It is written, and nobody is told. */
    WRITTEN,
    /** It is not written, and nobody is told. */
    LOST,
    /** It is written at the next tick, or a later one, and nobody is told. */
    LATE
  }

  UncertainLog(SharedLog log) {
    this(log, log.incarnation());
  }

  UncertainLog(SharedLog log, String incarnation) {
    super(log);
    this.incarnation = incarnation;
  }

  /** The fates of the next appends, in order; then they are known. */
  void next(Fate... next) {
    fates.addAll(List.of(next));
  }

  /** How many ticks what is late is late. */
  void delay(int ticks) {
    ticksToCome = ticks;
  }

  /** Whether ticks are answered. */
  void silent(boolean now) {
    silent = now;
  }

  private static CompletableFuture<Appended> nobodyKnows() {
    return CompletableFuture.completedFuture(new Appended.Unknown("the log was away"));
  }

  @Override
  public CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic) {
    @Nullable Fate fate = fates.poll();
    return switch (fate == null ? Fate.KNOWN : fate) {
      case KNOWN -> log.append(entries, lastOfTopic);
      case WRITTEN -> {
        log.append(entries, lastOfTopic).join();
        yield nobodyKnows();
      }
      case LOST -> nobodyKnows();
      case LATE -> {
        late.add(entries);
        ticksLeft = ticksToCome;
        yield nobodyKnows();
      }
    };
  }

  @Override
  public CompletableFuture<Appended> tick() {
    if (silent) {
      return nobodyKnows();
    }
    if (--ticksLeft <= 0) {
      late.forEach(entries -> log.append(entries, OptionalLong.empty()).join());
      late.clear();
    }
    return log.tick();
  }

  @Override
  public String incarnation() {
    return incarnation;
  }
}
