package io.gat.decide;

/** What was found out about the revocation state behind a decision. */
public enum Freshness {
  /** It played no part: no token came as far as that. */
  NOT_JUDGED,
  /** The lease was running. */
  FRESH,
  /** The lease had run out, and the configuration says to decide all the same. */
  STALE,
  /** The token's issuer has no feed: nobody would tell of a revocation. */
  NO_FEED
}
