package io.gat.keys;

import java.util.Optional;

/**
 * The signature algorithms that gat speaks (RFC 7518, section 3; RFC 8037). Everything else, {@code
 * none} above all, has no name here and so cannot be accepted.
 */
public enum Algorithm {
  ES256("ES256", Family.EC),
  ES384("ES384", Family.EC),
  EDDSA("EdDSA", Family.OKP),
  RS256("RS256", Family.RSA),
  PS256("PS256", Family.RSA),
  /** A MAC: only with an explicit shared secret, never with a key from a JWKS. */
  HS256("HS256", Family.SECRET);

  private final String joseName;
  private final Family family;

  Algorithm(String joseName, Family family) {
    this.joseName = joseName;
    this.family = family;
  }

  /** The {@code alg} value. */
  public String joseName() {
    return joseName;
  }

  public Family family() {
    return family;
  }

  /** The algorithm of this exact {@code alg} value. */
  public static Optional<Algorithm> of(String joseName) {
    for (Algorithm a : values()) {
      if (a.joseName.equals(joseName)) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }

  /** Key types that can't be mixed up. */
  public enum Family {
    EC,
    OKP,
    RSA,
    SECRET
  }
}
