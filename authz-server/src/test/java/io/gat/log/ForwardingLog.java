package io.gat.log;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A log that does what another one does: tests override what shall go wrong. */
public abstract class ForwardingLog implements SharedLog {
  /** The other one. */
  protected final SharedLog log;

  /** Forwards to a log. */
  protected ForwardingLog(SharedLog log) {
    this.log = log;
  }

  @Override
  public CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic) {
    return log.append(entries, lastOfTopic);
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
