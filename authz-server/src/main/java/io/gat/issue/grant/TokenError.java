package io.gat.issue.grant;

import io.gat.issue.ruling.Ruling.OauthError;
import java.util.Locale;

/** The errors of a token endpoint. */
public enum TokenError {
  /** RFC 6749, section 5.2; RFC 8693, section 2.2.2, for subject and actor tokens. */
  INVALID_REQUEST(400),
  /** Nobody has proved who they are. */
  INVALID_CLIENT(401),
  /** An assertion proves nothing (RFC 7521, section 4.1.1). */
  INVALID_GRANT(400),
  UNAUTHORIZED_CLIENT(400),
  UNSUPPORTED_GRANT_TYPE(400),
  INVALID_SCOPE(400),
  /** RFC 8707, section 2, and RFC 8693, section 2.2.2. */
  INVALID_TARGET(400),
  /** RFC 8628, section 3.5: a person has refused, or has not allowed it yet. */
  ACCESS_DENIED(400);

  private final int status;

  TokenError(int status) {
    this.status = status;
  }

  /** As RFC 6749 writes it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The HTTP status that goes with it. */
  public int status() {
    return status;
  }

  static TokenError of(OauthError error) {
    return switch (error) {
      case INVALID_REQUEST -> INVALID_REQUEST;
      case UNAUTHORIZED_CLIENT -> UNAUTHORIZED_CLIENT;
      case INVALID_SCOPE -> INVALID_SCOPE;
      case INVALID_TARGET -> INVALID_TARGET;
      case ACCESS_DENIED -> ACCESS_DENIED;
    };
  }
}
