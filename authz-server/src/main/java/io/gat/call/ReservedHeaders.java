package io.gat.call;

import java.util.List;
import java.util.Set;

/** Headers whose names have a meaning between gat and a service. All names are in lower case. */
final class ReservedHeaders {
  static final String SUBJECT = "x-gat-subject";
  static final String CLIENT = "x-gat-client";
  static final String SCOPE = "x-gat-scope";
  static final String AUDIENCE = "x-gat-audience";
  static final String TXN = "x-gat-txn";
  static final String TOKEN_ID = "x-gat-token-id";

  /** Who calls: each is either set or removed, whether or not the caller sent it. */
  static final Set<String> IDENTITY = Set.of(SUBJECT, CLIENT, SCOPE, AUDIENCE, TXN, TOKEN_ID);

  /**
   * After so many milliseconds Envoy's router ends a call, WebSockets and streams too. The router
   * takes it from any caller whom Envoy takes for an internal one.
   */
  static final String STREAM_DURATION = "x-envoy-upstream-stream-duration-ms";

  /** Where a caller's token stands. */
  static final List<String> CREDENTIALS = List.of("authorization", "txn-token");

  private static final String PREFIX = "x-gat-";

  private ReservedHeaders() {}

  /**
   * True for what a service could take for gat's word although gat never says it: {@code x-gat-…}
   * and its spellings with underscores, which some servers read as hyphens, but for the identity.
   */
  static boolean isInvented(String name) {
    return looksLikeOurs(name) && !IDENTITY.contains(name);
  }

  private static boolean looksLikeOurs(String name) {
    return name.length() >= PREFIX.length()
        && name.charAt(0) == 'x'
        && isHyphen(name.charAt(1))
        && name.charAt(2) == 'g'
        && name.charAt(3) == 'a'
        && name.charAt(4) == 't'
        && isHyphen(name.charAt(5));
  }

  private static boolean isHyphen(char c) {
    return c == '-' || c == '_';
  }

  /**
   * True where one of these values of {@code connection} names a header that the service relies on:
   * the next proxy would drop it after gat has set it or judged by it (RFC 9110, section 7.6.1).
   * Whatever no token can have separates two names here, so that no way of quoting hides one.
   */
  static boolean isNamedIn(List<String> connection) {
    for (int i = 0; i < connection.size(); i++) {
      String options = connection.get(i);
      int start = 0;
      for (int at = 0; at <= options.length(); at++) {
        if (at == options.length() || !isTokenCharacter(options.charAt(at))) {
          if (at > start && isReliedOn(options.substring(start, at))) {
            return true;
          }
          start = at + 1;
        }
      }
    }
    return false;
  }

  private static boolean isReliedOn(String option) {
    StringBuilder name = new StringBuilder(option.length());
    for (int i = 0; i < option.length(); i++) {
      char c = option.charAt(i);
      name.append(c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    String plain = name.toString();
    return plain.startsWith(PREFIX) || CREDENTIALS.contains(plain) || plain.equals(STREAM_DURATION);
  }

  /** Letters, digits, hyphens and underscores: all that the names above consist of. */
  private static boolean isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || isHyphen(c);
  }
}
