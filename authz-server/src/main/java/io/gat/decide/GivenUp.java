package io.gat.decide;

/** Where a check was when its caller was found to be gone; it is not answered. */
public enum GivenUp {
  /** Nothing was done for it yet. */
  QUEUED,
  /** Its token was about to be verified. */
  VERIFYING,
  /** It was decided, and nothing was written. */
  DECIDED
}
