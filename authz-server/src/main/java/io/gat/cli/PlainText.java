package io.gat.cli;

/** Texts of strangers, made safe for a terminal. */
final class PlainText {
  private PlainText() {}

  /** The text without what steers a terminal or turns its direction, cut where it is long. */
  static String of(String text, int longest) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    plain.append('?');
                default -> plain.appendCodePoint(c);
              }
            });
    return plain.length() <= longest
        ? plain.toString()
        : plain.substring(
                0,
                plain.offsetByCodePoints(
                    0, Math.min(longest - 1, plain.codePointCount(0, plain.length()) - 1)))
            + "…";
  }
}
