package io.gat.http;

import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Reads the body of a request, so much of it and for so long. */
final class BodyBytes {
  private static final int PART = 8 * 1024;

  private BodyBytes() {}

  /**
   * The body; more than {@code max} bytes where it is longer.
   *
   * @param patience the listener bounds the wait for a single byte, this the wait for all of them
   */
  static byte[] read(ServerRequest request, int max, Duration patience) throws TimeoutException {
    long begun = System.nanoTime();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] part = new byte[PART];
    try (InputStream in = request.content().inputStream()) {
      for (int n = in.read(part); n >= 0 && body.size() <= max; n = in.read(part)) {
        body.write(part, 0, n);
        if (System.nanoTime() - begun > patience.toNanos()) {
          throw new TimeoutException();
        }
      }
      return body.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
