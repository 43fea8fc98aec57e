package io.gat.policy;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * On whose behalf an issuance rule lets others ask: a principal as it is written, or one in which
 * {@code *} stands for one whole part between {@code /}, {@code :} and {@code #}. It never stands
 * for a trust domain, a namespace, an issuer or a client: whoever made another of these would be
 * meant, too.
 *
 * @param text as written; {@link #isUsable}
 */
public record SubjectPattern(String text) {
  private static final Pattern USABLE =
      Pattern.compile(
          "spiffe://[^/*]+(/(\\*|[^/*]+))+"
              + "|k8s:[^/:#*]+/(\\*|[^/:#*]+)"
              + "|oidc:https?://[^#*]+#(\\*|[^*/:#]+)([/:#](\\*|[^*/:#]*))*"
              + "|(client|api-key):[^/:#*]+");

  private static final String SEPARATORS = "/:#";

  public SubjectPattern {
    Objects.requireNonNull(text);
    if (!isUsable(text)) {
      throw new IllegalArgumentException("`*` stands for one whole part of a subject");
    }
  }

  /** True where it names a principal, and every {@code *} stands where it means something. */
  public static boolean isUsable(String text) {
    return USABLE.matcher(text).matches();
  }

  /** True where a principal is meant. */
  public boolean matches(String principal) {
    int p = 0;
    for (int t = 0; t < text.length(); t++) {
      if (text.charAt(t) == '*') {
        int start = p;
        while (p < principal.length() && SEPARATORS.indexOf(principal.charAt(p)) < 0) {
          p++;
        }
        if (p == start) {
          return false;
        }
      } else if (p == principal.length() || text.charAt(t) != principal.charAt(p++)) {
        return false;
      }
    }
    return p == principal.length();
  }
}
