package io.gat.log;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a log is, for people.
 *
 * @param incarnation its random id
 * @param end its last position
 * @param topics what each topic holds
 * @param holder who writes to it now; empty where nobody does
 * @param health how it looks from outside
 * @param bytesFree what is left on its volume
 */
public record LogStatus(
    String incarnation,
    long end,
    Map<Topic, Size> topics,
    Optional<String> holder,
    LogHealth health,
    long bytesFree) {
  public LogStatus {
    Objects.requireNonNull(incarnation);
    topics = Map.copyOf(topics);
    Objects.requireNonNull(holder);
    Objects.requireNonNull(health);
  }

  /**
   * What a topic holds.
   *
   * @param records how many
   * @param bytes their payloads and ids
   */
  public record Size(long records, long bytes) {}
}
