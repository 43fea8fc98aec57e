package io.gat.decide;

/** What to do with a token whose issuer's revocations may be out of date. */
public enum WhenStale {
  /** Answer with an error, so that Envoy's own failure mode applies; the default. */
  ERROR,
  /** Answer with a denial. */
  DENY,
  /** Decide all the same and say so in the metadata. */
  ALLOW
}
