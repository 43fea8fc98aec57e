package io.gat.decide;

/** Looks for keys that gat has not seen yet; bounded in rate and time by whoever implements it. */
@FunctionalInterface
public interface KeyRefresher {
  /**
   * A token of this issuer names a key that gat does not know.
   *
   * @return true where the issuer's keys were read again while this call waited
   */
  boolean refresh(String issuer);

  /** For issuers whose keys are never fetched. */
  static KeyRefresher none() {
    return issuer -> false;
  }
}
