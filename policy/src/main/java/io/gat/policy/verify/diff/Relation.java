package io.gat.policy.verify.diff;

/** How what one policy asks for stands to what another asked for. */
public enum Relation {
  /** Whatever fulfils one fulfils the other. */
  SAME,
  /** It lets pass all that passed, and maybe more. */
  LOOSER,
  /** It lets pass no more than passed, and maybe less. */
  STRICTER,
  /** Some may pass that did not, and some not that did: nobody can know. */
  OTHER;

  /**
   * The relation of two demands.
   *
   * @param keeps whether all that fulfils the old one fulfils the new one, as far as is known
   * @param addsNothing whether all that fulfils the new one fulfils the old one
   */
  static Relation of(boolean keeps, boolean addsNothing) {
    if (keeps) {
      return addsNothing ? SAME : LOOSER;
    }
    return addsNothing ? STRICTER : OTHER;
  }

  /** The relation where both must be fulfilled. */
  Relation and(Relation other) {
    if (this == SAME || this == other) {
      return other;
    }
    return other == SAME ? this : OTHER;
  }

  /** The relation of what is refused, where this is the one of what passes. */
  Relation inverse() {
    return switch (this) {
      case LOOSER -> STRICTER;
      case STRICTER -> LOOSER;
      case SAME, OTHER -> this;
    };
  }
}
