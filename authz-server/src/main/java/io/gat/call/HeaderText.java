package io.gat.call;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Text as a header value can carry it. Bytes outside %x20–7E and the percent sign itself are
 * percent-encoded, so decoding gives back exactly what the token says. So is a space at either end,
 * since HTTP would drop it there, and with it the difference between two subjects.
 */
final class HeaderText {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private HeaderText() {}

  /** One value, encoded. */
  static String encoded(String value) {
    int length = value.length();
    if (length == 0) {
      return value;
    }
    boolean plain = value.charAt(0) != ' ' && value.charAt(length - 1) != ' ';
    for (int i = 0; plain && i < length; i++) {
      plain = isPlain(value.charAt(i));
    }
    return plain ? value : encode(value, false);
  }

  /** Several values, each encoded together with its own spaces, separated by one space. */
  static String joined(Collection<String> values) {
    StringBuilder all = new StringBuilder(64);
    for (String value : values) {
      if (!all.isEmpty()) {
        all.append(' ');
      }
      all.append(isWord(value) ? value : encode(value, true));
    }
    return all.toString();
  }

  /** The content of a quoted-string (RFC 9110, section 5.6.4), without the quotes. */
  static String quoted(String value) {
    @Nullable StringBuilder escaped = null;
    String plain = encodedControls(value);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (c == '"' || c == '\\') {
        if (escaped == null) {
          escaped = new StringBuilder(plain.length() + 8).append(plain, 0, i);
        }
        escaped.append('\\');
      }
      if (escaped != null) {
        escaped.append(c);
      }
    }
    return escaped == null ? plain : escaped.toString();
  }

  private static String encodedControls(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < 0x20 || value.charAt(i) > 0x7e) {
        return encode(value, false);
      }
    }
    return value;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c <= 0x7e && c != '%';
  }

  private static boolean isWord(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (!isPlain(value.charAt(i)) || value.charAt(i) == ' ') {
        return false;
      }
    }
    return true;
  }

  private static String encode(String value, boolean spaces) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(bytes.length + 16);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean atEnd = i == 0 || i == bytes.length - 1;
      if (isPlain(c) && !(c == ' ' && (spaces || atEnd))) {
        out.append(c);
      } else {
        out.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
      }
    }
    return out.toString();
  }
}
