package io.gat.issue.caller;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a workload (SPIFFE ID, section 2).
 *
 * @param trustDomain its trust domain's name
 * @param text the whole ID, {@code spiffe://domain/path}
 */
record SpiffeId(String trustDomain, String text) {
  private static final int MAX_BYTES = 2048;
  private static final int MAX_DOMAIN = 255;
  private static final String SCHEME = "spiffe://";
  private static final Pattern DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
  private static final Pattern SEGMENT = Pattern.compile("[a-zA-Z0-9._-]+");

  /** Reads the ID of a workload, which has a path; empty where it is none. */
  static Optional<SpiffeId> ofWorkload(String text) {
    if (text.length() > MAX_BYTES || !text.startsWith(SCHEME)) {
      return Optional.empty();
    }
    int path = text.indexOf('/', SCHEME.length());
    if (path < 0 || path > SCHEME.length() + MAX_DOMAIN) {
      return Optional.empty();
    }
    String domain = text.substring(SCHEME.length(), path);
    if (!DOMAIN.matcher(domain).matches()) {
      return Optional.empty();
    }
    for (String segment : text.substring(path + 1).split("/", -1)) {
      if (!SEGMENT.matcher(segment).matches() || segment.equals(".") || segment.equals("..")) {
        return Optional.empty();
      }
    }
    return Optional.of(new SpiffeId(domain, text));
  }
}
