package io.gat.keys;

/** What the keys of a set are for, by their {@code use} (RFC 7517, section 4.2). */
public enum KeyUse {
  /** Signatures: {@code sig}, or none. */
  SIGNATURE,
  /**
   * JWT-SVIDs: {@code jwt-svid} and nothing else (SPIFFE Trust Domain and Bundle, section 4.2.2); a
   * bundle has keys for X.509 beside them.
   */
  JWT_SVID
}
