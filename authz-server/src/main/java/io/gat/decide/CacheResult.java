package io.gat.decide;

import java.util.Locale;

/** What the token cache had to do with a decision. */
public enum CacheResult {
  /** No token was looked up. */
  NONE,
  HIT,
  MISS;

  /** The word in records and metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
