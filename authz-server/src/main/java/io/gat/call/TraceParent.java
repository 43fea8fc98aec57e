package io.gat.call;

/** The {@code traceparent} header (W3C Trace Context, section 3.2). */
public final class TraceParent {
  private static final int LENGTH = 55;

  private TraceParent() {}

  /** The trace id, or empty where the header is not as the standard has it. */
  public static String traceId(String value) {
    if (value.length() < LENGTH
        || value.charAt(2) != '-'
        || value.charAt(35) != '-'
        || value.charAt(52) != '-'
        || !isHex(value, 0, 2)
        || !isHex(value, 53, 55)
        || !isId(value, 3, 35)
        || !isId(value, 36, 52)) {
      return "";
    }
    boolean knownVersion = value.startsWith("00");
    boolean tooLong = value.length() > LENGTH && (knownVersion || value.charAt(LENGTH) != '-');
    return tooLong || value.startsWith("ff") ? "" : value.substring(3, 35);
  }

  /** Hex digits that are not all zero. */
  private static boolean isId(String value, int from, int to) {
    if (!isHex(value, from, to)) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (value.charAt(i) != '0') {
        return true;
      }
    }
    return false;
  }

  private static boolean isHex(String value, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = value.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }
}
