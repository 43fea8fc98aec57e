package io.gat.log;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * What is to be written.
 *
 * @param topic what it is about
 * @param id makes the append safe to repeat: at most one record of a topic has an id, as long as it
 *     is not compacted away; in [0, 128] characters, empty for none
 * @param payload at most 1 MiB of UTF-8 JSON, without halves of surrogate pairs; the log does not
 *     look into it
 * @param effect what it does to callers
 */
public record LogEntry(Topic topic, String id, String payload, Effect effect) {
  /** The longest payload, in bytes of UTF-8. */
  public static final int MAX_PAYLOAD = 1024 * 1024;

  private static final int MAX_ID = 128;
  private static final int MOST_BYTES_A_CHAR = 3;

  public LogEntry {
    Objects.requireNonNull(topic);
    Objects.requireNonNull(effect);
    if (id.length() > MAX_ID) {
      throw new IllegalArgumentException("an id has at most " + MAX_ID + " characters");
    }
    if (isTooLong(payload)) {
      throw new IllegalArgumentException("a payload has at most 1 MiB");
    }
    if (hasLoneSurrogate(id) || hasLoneSurrogate(payload)) {
      throw new IllegalArgumentException("half of a surrogate pair has no UTF-8");
    }
  }

  /** Most are short enough whatever their characters take: they are not encoded to know it. */
  private static boolean isTooLong(String payload) {
    return payload.length() > MAX_PAYLOAD
        || (payload.length() > MAX_PAYLOAD / MOST_BYTES_A_CHAR
            && payload.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD);
  }

  /** Refuses entries that may not be appended together. */
  static void checkTogether(List<LogEntry> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("appends at least one entry");
    }
    if (entries.size() > 1 && entries.stream().anyMatch(e -> !e.id().isEmpty())) {
      throw new IllegalArgumentException("only an entry that is appended alone has an id");
    }
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}
