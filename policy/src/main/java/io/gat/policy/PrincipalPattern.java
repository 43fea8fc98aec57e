package io.gat.policy;

import java.util.Objects;

/**
 * Which mTLS identities a rule means: one as it is written, or a SPIFFE ID in which {@code *}
 * stands for one whole segment of its path, or {@code *} alone for every identity.
 *
 * @param text as written; {@link #isUsable}
 */
public record PrincipalPattern(String text) {
  private static final String SPIFFE = "spiffe://";

  public PrincipalPattern {
    Objects.requireNonNull(text);
    if (!isUsable(text)) {
      throw new IllegalArgumentException("`*` stands for a whole segment of a SPIFFE ID's path");
    }
  }

  /** True where every {@code *} stands where it means something. */
  public static boolean isUsable(String text) {
    if (text.equals("*") || text.indexOf('*') < 0) {
      return !text.isEmpty();
    }
    int path = text.startsWith(SPIFFE) ? text.indexOf('/', SPIFFE.length()) : -1;
    for (int star = text.indexOf('*'); star >= 0; star = text.indexOf('*', star + 1)) {
      boolean whole =
          path >= 0
              && star > path
              && text.charAt(star - 1) == '/'
              && (star + 1 == text.length() || text.charAt(star + 1) == '/');
      if (!whole) {
        return false;
      }
    }
    return true;
  }

  /** True where an identity, which is not empty, is meant. */
  public boolean matches(String principal) {
    if (text.equals("*")) {
      return true;
    }
    int p = 0;
    int t = 0;
    while (t < text.length() && p < principal.length()) {
      if (text.charAt(t) == '*') {
        int end = principal.indexOf('/', p);
        int next = end < 0 ? principal.length() : end;
        if (next == p) {
          return false;
        }
        p = next;
        t++;
      } else if (text.charAt(t++) != principal.charAt(p++)) {
        return false;
      }
    }
    return t == text.length() && p == principal.length();
  }

  /** The namespace of {@code spiffe://TD/ns/NAMESPACE/sa/NAME}; empty for any other identity. */
  static String namespace(String principal) {
    if (!principal.startsWith(SPIFFE)) {
      return "";
    }
    String[] parts = principal.substring(SPIFFE.length()).split("/", -1);
    boolean kubernetes =
        parts.length == 5
            && !parts[0].isEmpty()
            && parts[1].equals("ns")
            && parts[3].equals("sa")
            && !parts[4].isEmpty();
    return kubernetes ? parts[2] : "";
  }
}
