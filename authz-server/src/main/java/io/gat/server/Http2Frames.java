package io.gat.server;

/** The little of HTTP/2 frames (RFC 9113, sections 4.1 and 6) that guarding a connection needs. */
final class Http2Frames {
  /** The length of a whole WINDOW_UPDATE frame, in bytes. */
  static final int WINDOW_UPDATE_LENGTH = 13;

  /** The length of a frame's head, in bytes. */
  static final int HEAD = 9;

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  /** Flag of DATA and HEADERS. */
  static final int END_STREAM = 1;

  /** Flag of SETTINGS and PING. */
  static final int ACK = 1;

  /** Flag of HEADERS and CONTINUATION. */
  static final int END_HEADERS = 4;

  static final int NO_ERROR = 0;
  static final int REFUSED_STREAM = 7;
  static final int CANCEL = 8;
  static final int ENHANCE_YOUR_CALM = 11;

  private static final int TYPE = 3;
  private static final int FLAGS = 4;
  private static final int STREAM = 5;

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

  /** The length of the payload of the frame that starts here, in bytes. */
  static int payload(byte[] bytes, int start) {
    return (bytes[start] & 0xff) << 16 | (bytes[start + 1] & 0xff) << 8 | (bytes[start + 2] & 0xff);
  }

  static int type(byte[] bytes, int start) {
    return bytes[start + TYPE] & 0xff;
  }

  static int flags(byte[] bytes, int start) {
    return bytes[start + FLAGS] & 0xff;
  }

  /** One whole frame. */
  static byte[] frame(int type, int flags, int stream, byte... payload) {
    byte[] frame = new byte[HEAD + payload.length];
    putInt32(frame, 0, payload.length << 8 | type);
    frame[FLAGS] = (byte) flags;
    putInt32(frame, STREAM, stream);
    System.arraycopy(payload, 0, frame, HEAD, payload.length);
    return frame;
  }

  /** A GOAWAY frame: streams up to the given one are, or may still be, worked on. */
  static byte[] goAway(int lastStream, int error) {
    byte[] payload = new byte[8];
    putInt32(payload, 0, lastStream);
    putInt32(payload, 4, error);
    return frame(GOAWAY, 0, 0, payload);
  }

  /** A RST_STREAM frame. */
  static byte[] reset(int stream, int error) {
    byte[] payload = new byte[4];
    putInt32(payload, 0, error);
    return frame(RST_STREAM, 0, stream, payload);
  }

  /** Whether it makes room for the peer's data, on one stream or on the connection. */
  static boolean isWindowUpdate(byte[] bytes, int start, int length) {
    return length == WINDOW_UPDATE_LENGTH && bytes[start + TYPE] == WINDOW_UPDATE;
  }

  /** The stream that it is about; 0 is the connection. */
  static int stream(byte[] bytes, int start) {
    return int32(bytes, start + STREAM) & Integer.MAX_VALUE;
  }

  /** Makes the frame that starts here one of another stream. */
  static void putStream(byte[] bytes, int start, int stream) {
    putInt32(bytes, start + STREAM, stream);
  }

  /** By how many bytes a WINDOW_UPDATE frame makes the window larger, in [0, 2³¹). */
  static int increment(byte[] bytes, int start) {
    return int32(bytes, start + HEAD) & Integer.MAX_VALUE;
  }

  /** Puts a WINDOW_UPDATE frame; stream 0 is the connection. */
  static void putWindowUpdate(byte[] bytes, int start, int stream, int increment) {
    putInt32(bytes, start, 4 << 8 | WINDOW_UPDATE); // three bytes of length, one of type
    bytes[start + 4] = 0; // no flags
    putInt32(bytes, start + STREAM, stream);
    putInt32(bytes, start + HEAD, increment);
  }

  static int int32(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  static void putInt32(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }
}
