package io.gat.policy.verify;

/** Text that stays one readable line, whatever a file or an answer put into it. */
final class OneLine {
  private OneLine() {}

  static String of(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(isPlain(c) ? c : '\ufffd'));
    return out.toString();
  }

  /**
   * True for a character that a terminal and an XML file can hold, and that does not end a line.
   */
  private static boolean isPlain(int c) {
    return !Character.isISOControl(c)
        && Character.getType(c) != Character.SURROGATE
        && Character.getType(c) != Character.FORMAT
        && c != 0x2028
        && c != 0x2029
        && (c & 0xfffe) != 0xfffe;
  }
}
