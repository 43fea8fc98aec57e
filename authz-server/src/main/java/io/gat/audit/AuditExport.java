package io.gat.audit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Writes records to an output as they are, one a line. */
public final class AuditExport {
  /** How long to wait for new records before looking again. */
  public static final Duration PAUSE = Duration.ofMillis(500);

  private final OutputStream out;
  private final Instant since;
  private boolean begun;

  /**
   * An export.
   *
   * @param since begins with the first record that is not older; {@link Instant#MIN} for all
   */
  public AuditExport(OutputStream out, Instant since) {
    this.out = new BufferedOutputStream(out, 1 << 16);
    this.since = since;
    this.begun = since.equals(Instant.MIN);
  }

  /**
   * Writes what there is.
   *
   * @param after where the source begins
   * @return the position of the last record that was looked at
   * @throws UncheckedIOException where the output takes nothing
   */
  public long write(AuditSource source, long after) {
    long[] position = {after};
    try {
      source.read(
          (place, payload) -> {
            position[0] = place;
            begun = begun || !isOlder(payload);
            if (begun) {
              write(payload);
            }
          });
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return position[0];
  }

  private void write(String payload) {
    try {
      out.write(payload.getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What cannot be read is exported: whoever verifies it shall see it. */
  private boolean isOlder(String payload) {
    try {
      return AuditRecordJson.read(payload).time().isBefore(since);
    } catch (UnreadableRecordException e) {
      return false;
    }
  }
}
