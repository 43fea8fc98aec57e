package io.gat.audit;

import io.gat.log.Appended;
import io.gat.log.LogEntry;
import io.gat.log.LogHealth;
import io.gat.log.LogRecord;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A log whose appends wait, once it is held, until a gate opens. */
final class HeldLog implements SharedLog {
  private final SharedLog log;
  private final CompletableFuture<Void> gate;
  private final CountDownLatch appending = new CountDownLatch(1);
  private volatile boolean held;

  HeldLog(SharedLog log, CompletableFuture<Void> gate) {
    this.log = log;
    this.gate = gate;
  }

  void hold() {
    held = true;
  }

  /** Until an append waits. */
  void awaitAppend() throws InterruptedException {
    appending.await();
  }

  @Override
  public CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic) {
    if (!held) {
      return log.append(entries, lastOfTopic);
    }
    appending.countDown();
    return gate.thenCompose(open -> log.append(entries, lastOfTopic));
  }

  @Override
  public CompletableFuture<Appended> tick() {
    return log.tick();
  }

  @Override
  public String writer() {
    return log.writer();
  }

  @Override
  public Following follow(long after, Set<Topic> topics, Follower follower) {
    return log.follow(after, topics, follower);
  }

  @Override
  public void compact(Topic topic, long before) {
    log.compact(topic, before);
  }

  @Override
  public LogHealth health() {
    return log.health();
  }

  @Override
  public String incarnation() {
    return log.incarnation();
  }

  @Override
  public long end() {
    return log.end();
  }

  @Override
  public long end(Topic topic) {
    return log.end(topic);
  }

  @Override
  public List<LogRecord> read(long after, int max, Set<Topic> topics) {
    return log.read(after, max, topics);
  }

  @Override
  public Optional<LogRecord> find(Topic topic, String id) {
    return log.find(topic, id);
  }

  @Override
  public void close() {
    log.close();
  }
}
