package io.gat.feed;

/** What became of a claim. */
public enum ClaimOutcome {
  /** It is the first. */
  FIRST,
  /** The value was used before. */
  REPEATED,
  /** Nobody knows: it must not be taken for the first. */
  UNAVAILABLE
}
