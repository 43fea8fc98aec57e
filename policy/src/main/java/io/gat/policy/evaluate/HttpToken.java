package io.gat.policy.evaluate;

/** The {@code token} of RFC 9110, section 5.6.2: what a method is made of. */
public final class HttpToken {
  private HttpToken() {}

  /** True for at least one token character and nothing else. */
  public static boolean matches(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric =
          (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!alphanumeric && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
