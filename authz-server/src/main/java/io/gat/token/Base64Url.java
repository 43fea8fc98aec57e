package io.gat.token;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A reader of base64url (RFC 7515, section 2) that takes exactly one spelling of each byte string:
 * no padding, no white space, no other alphabet, no bits left over. Otherwise one token would have
 * many texts, and a cache or a log that knows one would not know the others.
 */
final class Base64Url {
  private Base64Url() {}

  /** The bytes; null where the text is not their one spelling. */
  static byte @Nullable [] decode(String text) {
    int length = text.length();
    int rest = length % 4;
    if (rest == 1) {
      return null;
    }
    for (int i = 0; i < length; i++) {
      if (valueOf(text.charAt(i)) < 0) {
        return null;
      }
    }
    if (rest != 0) {
      int unused = rest == 2 ? 0b1111 : 0b11;
      if ((valueOf(text.charAt(length - 1)) & unused) != 0) {
        return null;
      }
    }
    return Base64.getUrlDecoder().decode(text);
  }

  private static int valueOf(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
  }
}
