package io.gat.policy.compile;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts an expression into words, to underline the one that a message is about. */
final class ConditionWords {
  private static final Pattern WORD =
      Pattern.compile(
          "[A-Za-z_][A-Za-z0-9_]*"
              + "|[0-9]+(\\.[0-9]+)?u?"
              + "|\"([^\"\\\\\\n]|\\\\.)*\"|'([^'\\\\\\n]|\\\\.)*'"
              + "|==|!=|<=|>=|&&|\\|\\|");

  private ConditionWords() {}

  /** How long the word at an offset is; both in code points. */
  static int length(String text, int offset) {
    int at = index(text, offset);
    Matcher matcher = WORD.matcher(text).region(at, text.length());
    return matcher.lookingAt() ? text.codePointCount(at, matcher.end()) : 1;
  }

  /** The offset of a field's name after the dot at an offset; otherwise that offset itself. */
  static int skipDot(String text, int offset) {
    int at = index(text, offset);
    if (at >= text.length() || text.charAt(at) != '.') {
      return offset;
    }
    int name = at + 1;
    while (name < text.length() && Character.isWhitespace(text.charAt(name))) {
      name++;
    }
    return text.codePointCount(0, name);
  }

  private static int index(String text, int offset) {
    return text.offsetByCodePoints(0, Math.min(offset, text.codePointCount(0, text.length())));
  }
}
