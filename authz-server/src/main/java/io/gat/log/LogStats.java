package io.gat.log;

import java.time.Duration;
import java.util.Objects;

/**
 * What a log has done since it was opened, and how it is now.
 *
 * @param acknowledged appends that were answered with {@link Appended.At}
 * @param commits how often the disk was waited for
 * @param lastCommit how long the last one took, from its first row
 * @param bytesFree what is left on its volume; -1 where the file system does not say
 * @param waiting entries that wait to be written
 */
public record LogStats(
    long acknowledged, long commits, Duration lastCommit, long bytesFree, int waiting) {
  public LogStats {
    Objects.requireNonNull(lastCommit);
  }
}
