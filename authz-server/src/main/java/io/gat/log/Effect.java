package io.gat.log;

/**
 * Which way a record moves what callers may do. A log that runs out of space keeps a reserve for
 * what takes away.
 */
public enum Effect {
  /** Somebody may do more than before: refused first when space ends. */
  GRANTS,
  /** Somebody may do less than before, such as a revocation and its audit record. */
  TAKES_AWAY
}
