package io.gat.token;

/** Where a token was found; which types are accepted goes with it. */
public enum Place {
  /**
   * {@code authorization}: the types that the issuer's trust lists, transaction tokens excepted.
   */
  AUTHORIZATION,
  /** {@code txn-token}: only {@code txntoken+jwt} (the OAuth transaction token draft). */
  TXN_TOKEN
}
