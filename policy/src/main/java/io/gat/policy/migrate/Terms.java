package io.gat.policy.migrate;

import io.gat.policy.parse.YamlNode;

/** What an importer says where gat cannot ask what the source asks. */
final class Terms {
  private final Remarks remarks;
  private final Side side;

  Terms(Remarks remarks, Side side) {
    this.remarks = remarks;
    this.side = side;
  }

  /** What the part of the source that is read does. */
  enum Side {
    ALLOWS(Bound.INNER),
    DENIES(Bound.OUTER);

    private final Bound bound;

    Side(Bound bound) {
      this.bound = bound;
    }
  }

  /** On which side the part as a whole may err. */
  Bound bound() {
    return side.bound;
  }

  /** Stands for something that gat cannot ask. */
  Formula unknown(YamlNode node, Bound bound, String message, String remedy) {
    remarks.add(
        node,
        side == Side.DENIES ? Remark.Kind.DENIAL_WIDENED : Remark.Kind.LEFT_OUT,
        message,
        remedy);
    return bound.unknown();
  }

  /** Stands for something that no request fulfils that gat lets through. */
  Formula never(YamlNode node, String message) {
    if (side == Side.ALLOWS) {
      remarks.add(node, Remark.Kind.LEFT_OUT, message, "mend it, or leave it out");
    }
    return Formula.FALSE;
  }

  void remark(YamlNode node, Remark.Kind kind, String message, String remedy) {
    remarks.add(node, kind, message, remedy);
  }
}
