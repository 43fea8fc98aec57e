package io.gat.token;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * An assertion that is genuine, in time, and for whom it has to be. Only {@link AssertionVerifier}
 * makes one.
 */
public final class VerifiedAssertion {
  private final String issuer;
  private final String subject;
  private final String jti;
  private final Instant expiresAt;
  private final Map<String, Object> claims;

  VerifiedAssertion(
      String issuer, String subject, String jti, Instant expiresAt, Map<String, Object> claims) {
    this.issuer = Objects.requireNonNull(issuer);
    this.subject = Objects.requireNonNull(subject);
    this.jti = Objects.requireNonNull(jti);
    this.expiresAt = Objects.requireNonNull(expiresAt);
    this.claims = claims;
  }

  /** {@code iss}; empty where it has none and its kind needs none. */
  public String issuer() {
    return issuer;
  }

  /** {@code sub}, not empty. */
  public String subject() {
    return subject;
  }

  /** {@code jti}, empty where it has none. */
  public String jti() {
    return jti;
  }

  /** {@code exp}, without leeway. */
  public Instant expiresAt() {
    return expiresAt;
  }

  /** All claims as JSON values; unmodifiable. */
  public Map<String, Object> claims() {
    return claims;
  }

  /** Nothing of what it says. */
  @Override
  public String toString() {
    return "VerifiedAssertion[redacted]";
  }
}
