package io.gat.server;

import java.util.Arrays;

/**
 * The bytes of one HTTP/2 header block, as far as they can be told apart without decompressing them
 * (RFC 7541, section 6).
 *
 * <p>A block that neither adds to the dynamic table nor resizes it leaves the table as it was. So
 * it may be left unread, and as long as the table stays the same, equal bytes mean equal headers.
 */
final class HeaderBlock {
  private final byte[] bytes;

  private HeaderBlock(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of the bytes, to compare with. */
  static HeaderBlock of(byte[] bytes, int start, int length) {
    return new HeaderBlock(Arrays.copyOfRange(bytes, start, start + length));
  }

  /** Whether the block leaves the dynamic table as it is; false too for one that is cut short. */
  static boolean leavesTable(byte[] bytes, int start, int length) {
    int end = start + length;
    int at = start;
    while (at >= 0 && at < end) {
      int first = bytes[at] & 0xff;
      if (first >= 0x80) { // an indexed field
        at = afterInteger(bytes, at, end, 0x7f);
      } else if (first >= 0x20) { // a field to be added, or a new size
        return false;
      } else { // a field that is not to be added
        boolean named = (first & 0x0f) != 0;
        at = afterInteger(bytes, at, end, 0x0f);
        if (!named) {
          at = afterText(bytes, at, end);
        }
        at = afterText(bytes, at, end);
      }
    }
    return at == end;
  }

  /** Where the text that starts here ends; negative where the block ends first. */
  private static int afterText(byte[] bytes, int at, int end) {
    if (at < 0 || at >= end) {
      return -1;
    }
    int length = bytes[at] & 0x7f;
    int next = at + 1;
    if (length == 0x7f) {
      int shift = 0;
      int octet;
      do {
        if (next >= end || shift > 14) {
          return -1;
        }
        octet = bytes[next++] & 0xff;
        length += (octet & 0x7f) << shift;
        shift += 7;
      } while (octet >= 0x80);
    }
    return length > end - next ? -1 : next + length;
  }

  private static int afterInteger(byte[] bytes, int at, int end, int prefix) {
    if ((bytes[at] & prefix) != prefix) {
      return at + 1;
    }
    int next = at + 1;
    while (next < end && (bytes[next] & 0x80) != 0) {
      next++;
    }
    return next < end ? next + 1 : -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeaderBlock block && Arrays.equals(bytes, block.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
