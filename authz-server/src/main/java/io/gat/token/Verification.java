package io.gat.token;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The outcome of a token's verification. */
public sealed interface Verification {
  /** The token is valid by itself. */
  record Verified(VerifiedToken token) implements Verification {}

  /** The token is not valid. */
  final class Rejected implements Verification {
    private final Flaw flaw;
    private final Instant until;
    private final @Nullable TrustedIssuer trust;
    private final @Nullable SignedToken signed;

    /**
     * A rejection.
     *
     * @param until when time alone ends it, exclusive; {@link Instant#MAX} where time cannot
     * @param trust the terms of the issuer that the token names, where it is a trusted one
     * @param signed the token, where its signature held
     */
    Rejected(
        Flaw flaw, Instant until, @Nullable TrustedIssuer trust, @Nullable SignedToken signed) {
      this.flaw = Objects.requireNonNull(flaw);
      this.until = Objects.requireNonNull(until);
      this.trust = trust;
      this.signed = signed;
    }

    public Flaw flaw() {
      return flaw;
    }

    /** When time alone ends the rejection, exclusive: {@code nbf} − leeway for an early token. */
    public Instant until() {
      return until;
    }

    /** The terms of the issuer that the token names, where it is a trusted one. */
    public Optional<TrustedIssuer> trust() {
      return Optional.ofNullable(trust);
    }

    /** The token, where its signature held: what may be told of it. */
    public Optional<SignedToken> signed() {
      return Optional.ofNullable(signed);
    }

    @Override
    public String toString() {
      return "Rejected[" + flaw + "]";
    }
  }

  /** The issuer is trusted, but gat has no keys of it that may still be used. Never cached. */
  record KeysUnavailable(TrustedIssuer issuer) implements Verification {}
}
