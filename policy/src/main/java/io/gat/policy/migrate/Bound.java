package io.gat.policy.migrate;

/** On which side a test may err where gat cannot ask just what the source asks. */
enum Bound {
  /** It may match less: what it guards is allowed more seldom. */
  INNER,
  /** It may match more: what it denies is denied more often. */
  OUTER;

  /** The bound of what stands behind a "not". */
  Bound flipped() {
    return switch (this) {
      case INNER -> OUTER;
      case OUTER -> INNER;
    };
  }

  /** What stands for a test that gat cannot ask at all. */
  Formula unknown() {
    return switch (this) {
      case INNER -> Formula.FALSE;
      case OUTER -> Formula.TRUE;
    };
  }
}
