package io.gat.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * The proof that a token was valid by itself when it was verified: signature, type, claims, and a
 * lifetime within the cap. Time goes on: {@link #isExpired} and {@link #isEarly} are asked on every
 * check.
 *
 * <p>Only {@link TokenVerifier} makes one.
 */
public final class VerifiedToken {
  private final SignedToken token;
  private final TrustedIssuer trust;
  private final Duration leeway;

  VerifiedToken(SignedToken token, TrustedIssuer trust, Duration leeway) {
    this.token = Objects.requireNonNull(token);
    this.trust = Objects.requireNonNull(trust);
    this.leeway = Objects.requireNonNull(leeway);
  }

  public SignedToken token() {
    return token;
  }

  /** The terms on which its issuer is trusted. */
  public TrustedIssuer trust() {
    return trust;
  }

  /** From when on the token counts as expired, inclusive: exp + leeway. */
  public Instant expiredFrom() {
    return token.expiresAt().plus(leeway);
  }

  /** True when now ≥ exp + leeway. */
  public boolean isExpired(Instant now) {
    return !now.isBefore(expiredFrom());
  }

  /** True when now < nbf − leeway, or the token says it was issued later than now + leeway. */
  public boolean isEarly(Instant now) {
    Instant latest = now.plus(leeway);
    return latest.isBefore(token.notBefore()) || latest.isBefore(token.issuedAt());
  }

  @Override
  public String toString() {
    return "VerifiedToken[" + token.tokenId() + "]";
  }
}
