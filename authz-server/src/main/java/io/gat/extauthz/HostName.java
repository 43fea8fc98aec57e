package io.gat.extauthz;

import java.util.Optional;

/** A host as gat compares it: lower case, without port and trailing dot. */
final class HostName {
  private static final int LONGEST = 253;

  private HostName() {}

  /** The canonical form, or empty where this is not a plain host name with an optional port. */
  static Optional<String> canonical(String authority) {
    int end = authority.length();
    if (authority.startsWith("[")) {
      return ipv6(authority);
    }
    int colon = authority.indexOf(':');
    if (colon >= 0) {
      if (!isPort(authority, colon + 1)) {
        return Optional.empty();
      }
      end = colon;
    }
    if (end > 0 && authority.charAt(end - 1) == '.') {
      end--;
    }
    if (end == 0 || end > LONGEST) {
      return Optional.empty();
    }
    StringBuilder name = new StringBuilder(end);
    for (int i = 0; i < end; i++) {
      char c = lower(authority.charAt(i));
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      boolean dot = c == '.' && i > 0 && authority.charAt(i - 1) != '.';
      if (!plain && !dot) {
        return Optional.empty();
      }
      name.append(c);
    }
    return name.charAt(end - 1) == '.' ? Optional.empty() : Optional.of(name.toString());
  }

  private static Optional<String> ipv6(String authority) {
    int close = authority.indexOf(']');
    if (close < 3) {
      return Optional.empty();
    }
    boolean bare = close == authority.length() - 1;
    if (!bare && (authority.charAt(close + 1) != ':' || !isPort(authority, close + 2))) {
      return Optional.empty();
    }
    StringBuilder name = new StringBuilder(close + 1).append('[');
    for (int i = 1; i < close; i++) {
      char c = lower(authority.charAt(i));
      if (!((c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.')) {
        return Optional.empty();
      }
      name.append(c);
    }
    return Optional.of(name.append(']').toString());
  }

  private static boolean isPort(String authority, int from) {
    int digits = authority.length() - from;
    if (digits < 1 || digits > 5) {
      return false;
    }
    for (int i = from; i < authority.length(); i++) {
      if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
