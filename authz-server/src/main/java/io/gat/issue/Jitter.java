package io.gat.issue;

/**
 * Whether tokens live a little shorter than asked, so that those issued together are not renewed
 * together. Never longer.
 */
public enum Jitter {
  /** Exactly the time asked for. */
  NONE,
  /** Up to 5 % shorter, in whole seconds. */
  SHORTER
}
