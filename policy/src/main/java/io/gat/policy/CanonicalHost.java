package io.gat.policy;

import java.util.Locale;
import java.util.Objects;

/**
 * A request's host in the one form in which hosts are compared, or why there is none.
 *
 * <p>Strict on purpose: a name that a second parser could cut elsewhere (user information, commas,
 * spaces, two colons) is {@link Ambiguous}. IPv6 literals stay in brackets, as they were spelled,
 * in lower case.
 */
public sealed interface CanonicalHost {

  /** The longest host name, in characters. */
  int MAX_LENGTH = 253;

  /**
   * A clear host.
   *
   * @param host in lower case, without port and trailing dot; empty where none was sent
   */
  record Canonical(String host) implements CanonicalHost {
    public Canonical {
      Objects.requireNonNull(host);
    }
  }

  /** A host that two parsers could read differently. */
  record Ambiguous(Ambiguity why) implements CanonicalHost {
    public Ambiguous {
      Objects.requireNonNull(why);
    }
  }

  /** Reads {@code Host} or {@code :authority}: a name or a literal with an optional port. */
  static CanonicalHost parse(String authority) {
    if (authority.isEmpty()) {
      return new Canonical("");
    }
    // First, because lower-casing turns some letters outside ASCII (the Kelvin sign) into plain
    // ones.
    if (authority.chars().anyMatch(c -> c > 0x7e)) {
      return new Ambiguous(Ambiguity.HOST);
    }
    int end;
    if (authority.charAt(0) == '[') {
      end = authority.indexOf(']') + 1;
      if (end < 4 || !isAddress(authority, 1, end - 1)) {
        return new Ambiguous(Ambiguity.HOST);
      }
    } else {
      int colon = authority.indexOf(':');
      end = colon < 0 ? authority.length() : colon;
    }
    if (!isPort(authority, end)) {
      return new Ambiguous(Ambiguity.HOST);
    }
    String host = authority.substring(0, end).toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      return new Canonical(host);
    }
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    return isName(host) ? new Canonical(host) : new Ambiguous(Ambiguity.HOST);
  }

  private static boolean isAddress(String text, int from, int to) {
    int colons = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == ':') {
        colons++;
      } else if (c > 0x7f || (Character.digit(c, 16) < 0 && c != '.')) {
        return false;
      }
    }
    return colons >= 2 && colons <= 8 && to - from <= 45;
  }

  private static boolean isPort(String text, int from) {
    if (from == text.length()) {
      return true;
    }
    int digits = text.length() - from - 1;
    if (text.charAt(from) != ':' || digits < 1 || digits > 5) {
      return false;
    }
    int port = 0;
    for (int i = from + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      port = port * 10 + (c - '0');
    }
    return port <= 65535;
  }

  private static boolean isName(String host) {
    if (host.isEmpty() || host.length() > MAX_LENGTH) {
      return false;
    }
    char before = '.';
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!plain && (c != '.' || before == '.')) {
        return false;
      }
      before = c;
    }
    return before != '.';
  }
}
