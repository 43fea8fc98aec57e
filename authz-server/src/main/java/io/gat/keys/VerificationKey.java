package io.gat.keys;

import java.security.Key;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * A key that can check signatures: a public key, or the shared secret of a MAC. Equal only to
 * itself, so that a cached result can ask whether its key is still trusted.
 */
public final class VerificationKey {
  private final String kid;
  private final Set<Algorithm> algorithms;
  private final Key key;
  private final Instant trustedUntil;

  /**
   * A key without an end.
   *
   * @param kid its id, empty where it has none
   * @param algorithms the algorithms that it fits, by type, curve, size and the JWK's {@code alg};
   *     at least one
   */
  public VerificationKey(String kid, Set<Algorithm> algorithms, Key key) {
    this(kid, algorithms, key, Instant.MAX);
  }

  /**
   * A key whose end is known: its issuer signs no more with it, and its last token has expired
   * then.
   *
   * @param trustedUntil its end, exclusive; {@link Instant#MAX} for none
   */
  public VerificationKey(String kid, Set<Algorithm> algorithms, Key key, Instant trustedUntil) {
    this.kid = Objects.requireNonNull(kid);
    this.algorithms = Set.copyOf(algorithms);
    this.key = Objects.requireNonNull(key);
    this.trustedUntil = Objects.requireNonNull(trustedUntil);
    if (algorithms.isEmpty()) {
      throw new IllegalArgumentException("a key that fits no algorithm");
    }
  }

  public String kid() {
    return kid;
  }

  public boolean fits(Algorithm algorithm) {
    return algorithms.contains(algorithm);
  }

  /** True while what it has signed may be accepted: now < its end. */
  public boolean isTrustedAt(Instant now) {
    return now.isBefore(trustedUntil);
  }

  /** When it ends, exclusive; {@link Instant#MAX} while nobody knows. */
  public Instant trustedUntil() {
    return trustedUntil;
  }

  /** For the verifier alone; a MAC's secret is in here. */
  public Key key() {
    return key;
  }

  /** Never the key itself. */
  @Override
  public String toString() {
    return "VerificationKey[kid=" + kid + ", " + algorithms + "]";
  }
}
