package io.gat.log;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What is to be written.
 *
 * @param topic what it is about
 * @param id makes the append safe to repeat: at most one record of a topic has an id, as long as it
 *     is not compacted away; in [0, 128] characters, empty for none
 * @param payload at most 1 MiB of UTF-8 JSON; the log does not look into it
 * @param effect what it does to callers
 */
public record LogEntry(Topic topic, String id, String payload, Effect effect) {
  /** The longest payload, in bytes of UTF-8. */
  public static final int MAX_PAYLOAD = 1024 * 1024;

  private static final int MAX_ID = 128;

  public LogEntry {
    Objects.requireNonNull(topic);
    Objects.requireNonNull(effect);
    if (id.length() > MAX_ID) {
      throw new IllegalArgumentException("an id has at most " + MAX_ID + " characters");
    }
    if (payload.length() > MAX_PAYLOAD
        || payload.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD) {
      throw new IllegalArgumentException("a payload has at most 1 MiB");
    }
  }
}
