package io.gat.client;

import java.util.Objects;

/** The token of whom a caller asks for (RFC 8693, section 2.1). It does not print. */
public final class SubjectToken {
  /** A gat, or another access token. */
  public static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

  /** A signed JWT of somebody else. */
  public static final String JWT = "urn:ietf:params:oauth:token-type:jwt";

  private final String token;
  private final String type;

  /**
   * A token.
   *
   * @param type a URI of RFC 8693, section 3
   */
  public SubjectToken(String token, String type) {
    this.token = Objects.requireNonNull(token);
    this.type = Objects.requireNonNull(type);
  }

  String token() {
    return token;
  }

  String type() {
    return type;
  }

  @Override
  public String toString() {
    return "SubjectToken[" + type + "]";
  }
}
