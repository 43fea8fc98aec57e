package io.gat.policy;

import java.util.Locale;
import java.util.Objects;

/** Reads a host as a caller sent it (RFC 9110, section 7.2) into the one form that gat compares. */
public final class CanonicalHost {
  private static final int MAX_LENGTH = 253;
  private static final int MAX_PORT = 65_535;

  private CanonicalHost() {}

  /** A canonical host, or none. */
  public sealed interface Result {
    /**
     * A host.
     *
     * @param host lower case, without port and trailing dot; an IPv6 address in brackets; empty
     *     where nothing was sent
     */
    record Canonical(String host) implements Result {
      public Canonical {
        Objects.requireNonNull(host);
      }
    }

    /** Not a plain host name or address with an optional port. */
    record Unclear() implements Result {}
  }

  public static Result parse(String authority) {
    if (authority.isEmpty()) {
      return new Result.Canonical("");
    }
    int end = authority.charAt(0) == '[' ? authority.indexOf(']') + 1 : hostEnd(authority);
    if (end <= 0 || !isPort(authority.substring(end))) {
      return new Result.Unclear();
    }
    String host = authority.substring(0, end).toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    boolean plain = host.startsWith("[") ? isAddress(host) : isName(host);
    return plain ? new Result.Canonical(host) : new Result.Unclear();
  }

  private static int hostEnd(String authority) {
    int colon = authority.indexOf(':');
    return colon < 0 ? authority.length() : colon;
  }

  private static boolean isPort(String rest) {
    if (rest.isEmpty()) {
      return true;
    }
    return rest.charAt(0) == ':'
        && rest.length() > 1
        && rest.length() <= 6
        && rest.chars().skip(1).allMatch(c -> c >= '0' && c <= '9')
        && Integer.parseInt(rest.substring(1)) <= MAX_PORT;
  }

  private static boolean isName(String host) {
    if (host.isEmpty() || host.length() > MAX_LENGTH) {
      return false;
    }
    char before = '.';
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!letter && (c != '.' || before == '.')) {
        return false;
      }
      before = c;
    }
    return before != '.';
  }

  private static boolean isAddress(String host) {
    String inside = host.substring(1, host.length() - 1);
    return inside.contains(":")
        && inside.length() <= 45
        && inside
            .chars()
            .allMatch(
                c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.');
  }
}
