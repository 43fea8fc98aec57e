package io.gat.server;

import java.io.ByteArrayOutputStream;

/** What is left of a piece of bytes when parts of it were dropped, in order. */
final class PassedBytes {
  private final byte[] in;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
  private int from;

  PassedBytes(byte[] in) {
    this.in = in;
  }

  void drop(int start, int end) {
    kept.write(in, from, start - from);
    from = end;
  }

  byte[] rest() {
    if (from == 0) {
      return in;
    }
    kept.write(in, from, in.length - from);
    return kept.toByteArray();
  }
}
