package io.gat.log;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A log in memory, for tests: the same contract, without a disk. Several writers share one store.
 */
public final class MemoryLog implements SharedLog {
  private static final System.Logger LOG = System.getLogger(MemoryLog.class.getName());
  private static final int BATCH = 1_000;
  private static final Duration RETRY = Duration.ofMillis(10);

  private final Store store;
  private final String writer;
  private final InstantSource clock;

  /** What writers share, and what a test does to it. */
  public static final class Store {
    private final List<LogRecord> records = new ArrayList<>();
    private final Map<Topic, Long> ends = new EnumMap<>(Topic.class);
    private long end;
    private LogHealth health = new LogHealth.Sound();

    /** Sets how the log is from now on. */
    public synchronized void become(LogHealth now) {
      health = now;
    }

    private synchronized Appended append(
        List<LogEntry> entries, OptionalLong lastOfTopic, InstantSource clock) {
      LogEntry.checkTogether(entries);
      Topic first = entries.getFirst().topic();
      if (health instanceof LogHealth.Failed failed) {
        return new Appended.Unknown(failed.why());
      }
      Optional<LogRecord> same = find(first, entries.getFirst().id());
      if (same.isPresent()) {
        return new Appended.At(same.get().position(), Appended.Novelty.REPEATED);
      }
      long last = ends.getOrDefault(first, 0L);
      if (lastOfTopic.isPresent() && lastOfTopic.getAsLong() != last) {
        return new Appended.Conflict(last);
      }
      if (health instanceof LogHealth.Full
          && entries.stream().anyMatch(e -> e.effect() == Effect.GRANTS)) {
        return new Appended.Full();
      }
      for (LogEntry entry : entries) {
        end++;
        ends.put(entry.topic(), end);
        records.add(
            new LogRecord(end, entry.topic(), entry.id(), entry.payload(), clock.instant()));
      }
      notifyAll();
      return new Appended.At(end, Appended.Novelty.NEW);
    }

    private synchronized Optional<LogRecord> find(Topic topic, String id) {
      return id.isEmpty()
          ? Optional.empty()
          : records.stream().filter(r -> r.topic() == topic && r.id().equals(id)).findFirst();
    }

    private synchronized List<LogRecord> read(long after, int max, Set<Topic> topics) {
      int from =
          Collections.binarySearch(records.stream().map(LogRecord::position).toList(), after);
      return records.subList(from < 0 ? -from - 1 : from + 1, records.size()).stream()
          .filter(r -> topics.contains(r.topic()))
          .limit(max)
          .toList();
    }

    private synchronized void awaitBeyond(long position) throws InterruptedException {
      while (end <= position) {
        wait();
      }
    }
  }

  /** One writer's view of a store. */
  public MemoryLog(Store store, String writer, InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.clock = clock;
  }

  /** A log of its own with the machine's clock. */
  public MemoryLog() {
    this(new Store(), "memory", InstantSource.system());
  }

  @Override
  public String writer() {
    return writer;
  }

  @Override
  public String incarnation() {
    return "in-memory-incarnation0";
  }

  @Override
  public long end() {
    synchronized (store) {
      return store.end;
    }
  }

  @Override
  public long end(Topic topic) {
    synchronized (store) {
      return store.ends.getOrDefault(topic, 0L);
    }
  }

  @Override
  public List<LogRecord> read(long after, int max, Set<Topic> topics) {
    if (max < 1) {
      throw new IllegalArgumentException("reads at least one record, not " + max);
    }
    return store.read(after, max, topics);
  }

  @Override
  public Optional<LogRecord> find(Topic topic, String id) {
    return store.find(topic, id);
  }

  @Override
  public CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic) {
    return CompletableFuture.completedFuture(store.append(entries, lastOfTopic, clock));
  }

  @Override
  public CompletableFuture<Appended> tick() {
    synchronized (store) {
      return CompletableFuture.completedFuture(
          store.health instanceof LogHealth.Failed failed
              ? new Appended.Unknown(failed.why())
              : new Appended.At(store.end, Appended.Novelty.NEW));
    }
  }

  @Override
  public Following follow(long after, Set<Topic> topics, Follower follower) {
    Thread thread =
        Thread.ofVirtual()
            .name("memory log follower")
            .start(
                () -> {
                  long position = after;
                  try {
                    while (true) {
                      store.awaitBeyond(position);
                      long upTo = end();
                      List<LogRecord> records =
                          store.read(position, BATCH, topics).stream()
                              .filter(r -> r.position() <= upTo)
                              .toList();
                      if (!records.isEmpty()) {
                        deliver(records, follower);
                      }
                      position = records.size() == BATCH ? records.getLast().position() : upTo;
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    return () -> {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** Until they are taken, or the thread is interrupted. */
  private static void deliver(List<LogRecord> records, Follower follower)
      throws InterruptedException {
    while (true) {
      try {
        follower.take(records);
        return;
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "records are delivered again", e);
        Thread.sleep(RETRY);
      }
    }
  }

  @Override
  public void compact(Topic topic, long before) {
    synchronized (store) {
      store.records.removeIf(r -> r.topic() == topic && r.position() < before);
    }
  }

  @Override
  public LogHealth health() {
    synchronized (store) {
      return store.health;
    }
  }

  @Override
  public void close() {}
}
