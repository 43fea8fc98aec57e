package io.gat.token;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a credential out of the header where a service reads it (RFC 6750, section 2.1; RFC 9449,
 * section 7.1). Envoy joins repeated headers with commas, and no token has a comma: what looks like
 * two credentials is never guessed at.
 */
public final class CredentialHeader {
  private CredentialHeader() {}

  /** What the header holds. */
  public sealed interface Found {
    /** No header, or an {@code authorization} of another scheme. */
    record Nothing() implements Found {}

    /** One token. It is unverified, so it stays out of {@code toString}. */
    record Token(String compact) implements Found {
      @Override
      public String toString() {
        return "Token[redacted]";
      }
    }

    /** More than one credential, side by side or joined. */
    record Several() implements Found {}

    /** Bytes that no token can have. */
    record Unreadable() implements Found {}
  }

  /**
   * Reads the values of the header that belongs to the place.
   *
   * @param values the header's values in the order they were sent
   */
  public static Found read(Place place, List<String> values) {
    if (values.isEmpty()) {
      return new Found.Nothing();
    }
    if (values.size() > 1) {
      return new Found.Several();
    }
    String value = values.getFirst().strip();
    if (value.isEmpty()) {
      return new Found.Nothing();
    }
    return switch (place) {
      case AUTHORIZATION -> authorization(value);
      case TXN_TOKEN -> token(value);
    };
  }

  private static Found authorization(String value) {
    String rest = afterScheme(value, "bearer");
    if (rest == null) {
      rest = afterScheme(value, "dpop");
    }
    if (rest != null) {
      return token(rest);
    }
    return hidesToken(value) ? new Found.Several() : new Found.Nothing();
  }

  /** What follows the scheme; empty where nothing does; null where the scheme is another. */
  private static @Nullable String afterScheme(String value, String scheme) {
    int length = scheme.length();
    if (!value.regionMatches(true, 0, scheme, 0, length)) {
      return null;
    }
    if (value.length() == length) {
      return "";
    }
    char next = value.charAt(length);
    return next == ' ' || next == '\t' ? value.substring(length).strip() : null;
  }

  /** True where another scheme's value has a token joined behind it. */
  private static boolean hidesToken(String value) {
    for (int comma = value.indexOf(','); comma >= 0; comma = value.indexOf(',', comma + 1)) {
      String part = value.substring(comma + 1).stripLeading();
      if (afterScheme(part, "bearer") != null || afterScheme(part, "dpop") != null) {
        return true;
      }
    }
    return false;
  }

  private static Found token(String value) {
    if (value.isEmpty()) {
      return new Found.Nothing();
    }
    boolean several = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == ',' || c == ' ' || c == '\t') {
        several = true;
      } else if (c < 0x21 || c > 0x7e) {
        return new Found.Unreadable();
      }
    }
    return several ? new Found.Several() : new Found.Token(value);
  }
}
