package io.gat.keys.life;

/** Which tokens a key signs. */
public enum KeyRole {
  /** All but the canary's. */
  STANDARD,
  /** Those that the {@link Canary} picks. */
  CANARY
}
