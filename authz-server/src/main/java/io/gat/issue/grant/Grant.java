package io.gat.issue.grant;

import java.util.Locale;
import java.util.Optional;

/** The grants of the token endpoint. */
public enum Grant {
  /** RFC 6749, section 4.4. */
  CLIENT_CREDENTIALS("client_credentials"),
  /** RFC 8693. */
  TOKEN_EXCHANGE("urn:ietf:params:oauth:grant-type:token-exchange"),
  /** RFC 7523, section 2.1. */
  JWT_BEARER("urn:ietf:params:oauth:grant-type:jwt-bearer");

  private final String type;

  Grant(String type) {
    this.type = type;
  }

  /** Its {@code grant_type}. */
  public String type() {
    return type;
  }

  /** The word in metrics and in the audit log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Grant> of(String type) {
    for (Grant one : values()) {
      if (one.type.equals(type)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}
