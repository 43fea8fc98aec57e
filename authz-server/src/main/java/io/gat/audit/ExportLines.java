package io.gat.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines of bytes, each read as ISO 8859-1, so that no byte becomes another; holds one of them. A
 * line that is too long is cut, and is no record then.
 */
final class ExportLines implements AutoCloseable {
  private static final int MAX_LINE = 1 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int filled;

  ExportLines(InputStream in) {
    this.in = in;
  }

  /** The next line without its end; null behind the last one. */
  @Nullable String next() throws IOException {
    ByteArrayOutputStream rest = null;
    while (true) {
      if (next == filled) {
        next = 0;
        filled = Math.max(in.read(buffer), 0);
        if (filled == 0) {
          return rest == null ? null : rest.toString(StandardCharsets.ISO_8859_1);
        }
      }
      int end = next;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      int from = next;
      boolean ended = end < filled;
      next = ended ? end + 1 : end;
      if (ended && rest == null) {
        return new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
      }
      if (rest == null) {
        rest = new ByteArrayOutputStream(1024);
      }
      rest.write(buffer, from, Math.min(end - from, MAX_LINE + 1 - rest.size()));
      if (ended) {
        return rest.toString(StandardCharsets.ISO_8859_1);
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
