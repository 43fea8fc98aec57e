package io.gat.audit;

import java.util.regex.Pattern;

/**
 * The last guard before a text is kept for years: what looks like a credential is not kept. It is
 * no licence to hand one over: a secret in a form of its own passes.
 */
final class Redaction {
  /** What stands in place of a credential. */
  static final String MARK = "[redacted]";

  /** No credential that is worth something is shorter. */
  private static final int SHORTEST = 12;

  /** Where a JSON object in base64url begins: an opening brace, then a quote or white space. */
  private static final String OBJECT = "(?:ey[IJKLA]|ew[okg0])";

  /** What is a credential wherever it stands. */
  private static final String KEY_OR_TOKEN =
      // A compact JWS or JWE (RFC 7515, 7516), whole or without its end.
      OBJECT
          + "[A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]*){0,3}"
          // A PEM private key (RFC 7468), whole or without its end.
          + "|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\\s\\S])*+"
          + "(?:-----END [A-Z0-9 ]{0,40}-----)?"
          // The private members of a JWK (RFC 7518, section 6).
          + "|\"(?:d|p|q|dp|dq|qi|k)\"\\s{0,9}:\\s{0,9}\"[^\"]*\"?"
          // Secrets that gat itself makes.
          + "|gat_secret_[A-Za-z0-9_-]{4,}";

  private static final Pattern IN_NAMES = Pattern.compile(KEY_OR_TOKEN);

  /** In free text, also what follows a word that a credential follows. */
  private static final Pattern IN_TEXTS =
      Pattern.compile(
          KEY_OR_TOKEN
              // The value of an authorization header (RFC 9110, section 11.4).
              + "|(?i:bearer|dpop|basic) {1,9}[A-Za-z0-9._~+/=-]{8,}"
              // A client's secret and its place in a form (RFC 6749, section 2.3.1).
              + "|(?i:client_secret|client_assertion|password|refresh_token|access_token"
              + "|subject_token|actor_token)\"?[=:]\\s{0,9}\"?[^\\s&\",]{4,}");

  private Redaction() {}

  /**
   * The text as it may be kept.
   *
   * @param most its greatest length, in characters
   */
  static String of(String text, int most) {
    return of(text, most, IN_TEXTS);
  }

  /**
   * A name as it may be kept: a scope, an id, a subject. Whoever revokes or counts by it must find
   * it as it was, so only what cannot be a name of anything is replaced.
   *
   * @param most its greatest length, in characters
   */
  static String ofName(String name, int most) {
    return of(name, most, IN_NAMES);
  }

  private static String of(String text, int most, Pattern credential) {
    if (text.length() <= most && isPlain(text) && !isSuspicious(text)) {
      return text;
    }
    // Before the cut: half a token may be all that is left of it.
    String safe = isSuspicious(text) ? credential.matcher(text).replaceAll(MARK) : text;
    StringBuilder kept = new StringBuilder(Math.min(safe.length(), most));
    for (int i = 0; i < safe.length() && kept.length() < most; ) {
      int c = safe.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isISOControl(c) || (c >= 0xd800 && c <= 0xdfff)) {
        kept.append('?');
      } else if (kept.length() + Character.charCount(c) <= most) {
        kept.appendCodePoint(c);
      } else {
        break;
      }
    }
    return kept.toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** True where it is worth asking the pattern: nearly no text is. */
  private static boolean isSuspicious(String text) {
    if (text.length() < SHORTEST) {
      return false;
    }
    for (int i = 0; i + 2 < text.length(); i++) {
      switch (text.charAt(i)) {
        case 'e', '-', '"', ' ', '=', ':', '_' -> {
          if (mayBegin(text, i)) {
            return true;
          }
        }
        default -> {}
      }
    }
    return false;
  }

  private static boolean mayBegin(String text, int at) {
    char c = text.charAt(at);
    char next = text.charAt(at + 1);
    return switch (c) {
      case 'e' -> next == 'y' || next == 'w';
      case '-' -> next == '-';
      case '"' -> true;
      // The end of a word that a credential follows.
      case ' ', '=', ':' -> at > 0 && endsCredentialName(text, at);
      case '_' -> text.startsWith("_secret", at);
      default -> false;
    };
  }

  private static boolean endsCredentialName(String text, int at) {
    for (String name :
        new String[] {"bearer", "dpop", "basic", "secret", "assertion", "password", "token"}) {
      if (text.regionMatches(true, at - name.length(), name, 0, name.length())) {
        return true;
      }
    }
    return false;
  }
}
