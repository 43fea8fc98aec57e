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

  /**
   * Where the word starts that CEL means by an offset: after a dot the field's name, before a
   * bracket the function's, otherwise what stands there.
   */
  static int start(String text, int offset) {
    int at = index(text, offset);
    if (at >= text.length()) {
      return offset;
    }
    int word = at;
    if (text.charAt(at) == '.') {
      do {
        word++;
      } while (word < text.length() && Character.isWhitespace(text.charAt(word)));
    } else if (text.charAt(at) == '(') {
      while (word > 0 && isPartOfName(text.charAt(word - 1))) {
        word--;
      }
    }
    return text.codePointCount(0, word);
  }

  private static boolean isPartOfName(char c) {
    return c == '_' || (c < 0x80 && Character.isLetterOrDigit(c));
  }

  private static int index(String text, int offset) {
    return text.offsetByCodePoints(0, Math.min(offset, text.codePointCount(0, text.length())));
  }
}
