package io.gat.policy.format;

import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlNode.Kind;
import java.util.Locale;
import java.util.regex.Pattern;

/** Writes a scalar in one line, in quotes only where it would read otherwise without them. */
final class ScalarText {
  /** What the core schema reads as something else than text (YAML 1.2.2, section 10.3.2). */
  private static final Pattern NOT_TEXT =
      Pattern.compile(
          "~|null|Null|NULL|true|True|TRUE|false|False|FALSE"
              + "|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  /**
   * What readers of YAML 1.1, which many other programs are, take for something else than text:
   * times of day for numbers to the base 60, days for dates, and words for truth.
   */
  private static final Pattern NOT_TEXT_ELSEWHERE =
      Pattern.compile(
          "(?i)y|yes|n|no|on|off"
              + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?"
              + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?"
              + "|[-+]?0b[01_]+|[-+]?[0-9][0-9_]*(\\.[0-9_]*)?");

  private static final String BRACKETS = "[]{},";
  private static final String INDICATORS = "-?:&*!|>'\"%@`#=<~";

  private ScalarText() {}

  /** A value as it is written among others, also in brackets. */
  static String of(YamlNode.Scalar scalar) {
    return switch (scalar.kind()) {
      case TEXT -> text(scalar.text());
      case NULL -> "null";
      case BOOLEAN, INTEGER, FLOAT -> scalar.text();
    };
  }

  /** A text as it is written among others, also in brackets and as a key. */
  static String text(String text) {
    if (isPlain(text)) {
      return text;
    }
    boolean oneLine = text.chars().allMatch(c -> c >= ' ') && isPrintable(text);
    long escapes = text.chars().filter(c -> c == '"' || c == '\\').count();
    long quotes = text.chars().filter(c -> c == '\'').count();
    return oneLine && escapes > quotes
        ? "'" + text.replace("'", "''") + "'"
        : "\"" + escaped(text) + "\"";
  }

  /** True where the text needs no quotes. */
  private static boolean isPlain(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> c >= ' ' && BRACKETS.indexOf(c) < 0)
        && isPrintable(text)
        && text.strip().equals(text)
        && INDICATORS.indexOf(text.charAt(0)) < 0
        && !text.contains(": ")
        && !text.endsWith(":")
        && !text.contains(" #")
        && !text.startsWith("...")
        && !NOT_TEXT.matcher(text).matches()
        && !NOT_TEXT_ELSEWHERE.matcher(text).matches();
  }

  /** True where every character may stand in YAML as it is (YAML 1.2.2, section 5.1). */
  static boolean isPrintable(String text) {
    return text.codePoints()
        .allMatch(
            c ->
                c == '\n'
                    || c == '\t'
                    || (c >= 0x20 && c <= 0x7e)
                    || (c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029)
                    || (c >= 0xe000 && c <= 0xfffd && c != 0xfeff)
                    || c >= 0x10000);
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                  String character = Character.toString(c);
                  if (isPrintable(character)) {
                    out.append(character);
                  } else {
                    String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
                    out.append(String.format(Locale.ROOT, form, c));
                  }
                }
              }
            });
    return out.toString();
  }

  /** True for a value that may be text over several lines. */
  static boolean isText(YamlNode.Scalar scalar) {
    return scalar.kind() == Kind.TEXT;
  }
}
