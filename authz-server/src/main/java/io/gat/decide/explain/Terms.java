package io.gat.decide.explain;

import io.gat.token.TrustedIssuer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * On what terms an explained check judges its token.
 *
 * @param trust the issuers whose tokens are accepted
 * @param leeway how far clocks may be apart
 * @param maxLifetime the longest {@code exp} − {@code iat} accepted
 */
public record Terms(
    List<TrustedIssuer> trust,
    Duration leeway,
    Duration maxLifetime,
    Signature signature,
    Revocations revocations) {
  public Terms {
    trust = List.copyOf(trust);
    Objects.requireNonNull(leeway);
    Objects.requireNonNull(maxLifetime);
    Objects.requireNonNull(signature);
    Objects.requireNonNull(revocations);
  }

  /** What is done about a token's signature. */
  public enum Signature {
    /** It is verified, as a server does. */
    VERIFIED,
    /** The person who asks says to believe the token. */
    ASSUMED,
    /** Nobody is trusted here, so no token can be judged. */
    UNVERIFIABLE
  }

  /** Who tells of revocations. */
  public enum Revocations {
    /** The feeds of the snapshot. */
    FEEDS,
    /** Nobody: this is no running server. */
    UNKNOWN
  }
}
