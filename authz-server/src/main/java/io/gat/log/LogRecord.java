package io.gat.log;

import java.time.Instant;
import java.util.Objects;

/**
 * A record as it was written.
 *
 * @param position its place, in [1, ∞); positions only grow and none is used twice, but some may be
 *     missing
 * @param id as appended, empty for none
 * @param at when, by the clock of whoever wrote it: for people, not for order
 */
public record LogRecord(long position, Topic topic, String id, String payload, Instant at) {
  public LogRecord {
    if (position < 1) {
      throw new IllegalArgumentException("positions count from 1");
    }
    Objects.requireNonNull(topic);
    Objects.requireNonNull(id);
    Objects.requireNonNull(payload);
    Objects.requireNonNull(at);
  }
}
