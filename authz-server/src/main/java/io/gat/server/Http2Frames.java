package io.gat.server;

/** The little of HTTP/2 frames (RFC 9113, sections 4.1 and 6) that gathering writes needs. */
final class Http2Frames {
  /** The length of a whole WINDOW_UPDATE frame, in bytes. */
  static final int WINDOW_UPDATE_LENGTH = 13;

  private static final int HEAD = 9;
  private static final int TYPE = 3;
  private static final int STREAM = 5;
  private static final int DATA = 0;
  private static final int WINDOW_UPDATE = 8;

  /** A flag for compressed, and four bytes of length ("Length-Prefixed-Message" of gRPC). */
  private static final int MESSAGE_HEAD = 5;

  private Http2Frames() {}

  /** Whether it is a DATA frame that does not hold exactly one whole gRPC message. */
  static boolean isPartOfMessage(byte[] bytes, int start, int length) {
    if (length < HEAD || bytes[start + TYPE] != DATA) {
      return false;
    }
    int payload = length - HEAD;
    return payload < MESSAGE_HEAD || payload - MESSAGE_HEAD != int32(bytes, start + HEAD + 1);
  }

  /** Whether it makes room for the peer's data, on one stream or on the connection. */
  static boolean isWindowUpdate(byte[] bytes, int start, int length) {
    return length == WINDOW_UPDATE_LENGTH && bytes[start + TYPE] == WINDOW_UPDATE;
  }

  /** The stream that it is about; 0 is the connection. */
  static int stream(byte[] bytes, int start) {
    return int32(bytes, start + STREAM) & Integer.MAX_VALUE;
  }

  /** By how many bytes a WINDOW_UPDATE frame makes the window larger, in [0, 2³¹). */
  static int increment(byte[] bytes, int start) {
    return int32(bytes, start + HEAD) & Integer.MAX_VALUE;
  }

  /** Puts a WINDOW_UPDATE frame of the connection. */
  static void putWindowUpdate(byte[] bytes, int start, int increment) {
    putInt32(bytes, start, 4 << 8 | WINDOW_UPDATE); // three bytes of length, one of type
    bytes[start + 4] = 0; // no flags
    putInt32(bytes, start + STREAM, 0);
    putInt32(bytes, start + HEAD, increment);
  }

  private static int int32(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  private static void putInt32(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }
}
