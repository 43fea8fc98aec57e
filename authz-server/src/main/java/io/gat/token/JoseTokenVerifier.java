package io.gat.token;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.Signatures;
import io.gat.keys.TrustedKeys;
import io.gat.keys.VerificationKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The verifier of signed tokens.
 *
 * <p>What the words of the order of judgement mean where the standards leave a choice:
 *
 * <ul>
 *   <li>A token without {@code iss}, or with one that is no string, has an unknown issuer.
 *   <li>A claim that cannot be read counts as missing. This is found only once the signature holds,
 *       since a stranger must not learn anything from a token that he made up.
 *   <li>A token with {@code exp} ≤ {@code iat} was expired when it was issued.
 *   <li>A token that says it was issued in the future is not yet valid, like one with such a {@code
 *       nbf}.
 * </ul>
 */
public final class JoseTokenVerifier implements TokenVerifier {
  private final Map<String, TrustedIssuer> trusted;
  private final Duration leeway;
  private final Duration maxLifetime;
  private final JwsVerifier signatures;

  /**
   * A verifier.
   *
   * @param issuers the issuers whose tokens are accepted, each once
   * @param leeway how far clocks may be apart, in [0 s, 5 min], default 5 s
   * @param maxLifetime the longest {@code exp} − {@code iat} accepted, above 0, default 15 min
   */
  public JoseTokenVerifier(
      List<TrustedIssuer> issuers, Duration leeway, Duration maxLifetime, CryptoProvider provider) {
    Map<String, TrustedIssuer> byName = new HashMap<>();
    for (TrustedIssuer issuer : issuers) {
      if (byName.put(issuer.issuer(), issuer) != null) {
        throw new IllegalArgumentException("trusted twice: " + issuer.issuer());
      }
    }
    if (leeway.isNegative() || leeway.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException("the leeway must be in [0 s, 5 min]");
    }
    if (!maxLifetime.isPositive()) {
      throw new IllegalArgumentException("the longest lifetime must be above 0");
    }
    this.trusted = Map.copyOf(byName);
    this.leeway = leeway;
    this.maxLifetime = maxLifetime;
    this.signatures = new JwsVerifier(new Signatures(provider));
  }

  @Override
  public Verification verify(String compact, Place place, TrustedKeys keys, Instant now) {
    UnverifiedToken token = UnverifiedToken.read(compact);
    if (token == null) {
      return rejected(Flaw.MALFORMED_TOKEN, null, null);
    }
    String issuer = token.issuer();
    TrustedIssuer trust = issuer == null ? null : trusted.get(issuer);
    if (trust == null) {
      return rejected(Flaw.UNKNOWN_ISSUER, null, null);
    }
    CompactJws jws = token.jws();
    Optional<Algorithm> algorithm = Algorithm.of(jws.algorithm());
    if (algorithm.isEmpty() || !trust.algorithms().contains(algorithm.get())) {
      return rejected(Flaw.ALG_NOT_ALLOWED, trust, null);
    }
    if (!TrustedTypes.accepts(trust, place, jws.type())) {
      return rejected(Flaw.WRONG_TYPE, trust, null);
    }
    Optional<KeySet> set = keys.of(trust.issuer()).filter(s -> s.isTrustedAt(now));
    if (set.isEmpty()) {
      return new Verification.KeysUnavailable(trust);
    }
    return switch (signatures.verify(jws, algorithm.get(), set.get().at(now))) {
      case JwsVerifier.Outcome.Refused refused -> rejected(refused.flaw(), trust, null);
      case JwsVerifier.Outcome.SignedBy signed -> judge(token, trust, signed.key(), now);
    };
  }

  /** Judges the claims of a token whose signature holds. */
  private Verification judge(
      UnverifiedToken token, TrustedIssuer trust, VerificationKey key, Instant now) {
    ClaimReader claims = new ClaimReader(trust, token.claims());
    SignedToken signed = claims.token(trust.issuer(), token.jws().signedInput(), key);
    if (!claims.lacking().isEmpty()) {
      return rejected(Flaw.MISSING_CLAIM, trust, signed);
    }
    Duration lifetime = Duration.between(signed.issuedAt(), signed.expiresAt());
    if (lifetime.compareTo(maxLifetime) > 0) {
      return rejected(Flaw.LIFETIME_TOO_LONG, trust, signed);
    }
    VerifiedToken verified = new VerifiedToken(signed, trust, leeway);
    if (verified.isEarly(now)) {
      return new Verification.Rejected(Flaw.NOT_YET_VALID, validFrom(signed), trust, signed);
    }
    if (verified.isExpired(now) || !lifetime.isPositive()) {
      return rejected(Flaw.EXPIRED, trust, signed);
    }
    return new Verification.Verified(verified);
  }

  private Instant validFrom(SignedToken token) {
    Instant later =
        token.notBefore().isAfter(token.issuedAt()) ? token.notBefore() : token.issuedAt();
    return later.minus(leeway);
  }

  /** A rejection that time does not end. */
  private static Verification rejected(
      Flaw flaw, @Nullable TrustedIssuer trust, @Nullable SignedToken signed) {
    return new Verification.Rejected(flaw, Instant.MAX, trust, signed);
  }
}
