package io.gat.policy;

/** The token of HTTP's grammar (RFC 9110, section 5.6.2), which methods and header names are. */
public final class HttpToken {
  private HttpToken() {}

  /** True for one or more of its characters and nothing else. */
  public static boolean isToken(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric =
          (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!alphanumeric && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
