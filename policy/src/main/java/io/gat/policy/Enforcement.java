package io.gat.policy;

import java.util.Locale;

/** Whether a part of a policy counts, or is only watched: the key {@code enforce}. */
public enum Enforcement {
  /** It decides; the default. */
  ALWAYS,
  /**
   * It is a part of the <em>candidate</em> alone, whose answers are counted and recorded beside the
   * enforced ones and never given. For an enforced answer it is as if it were not there.
   */
  SHADOW;

  /** The word in files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
