package io.gat.policy.migrate;

import io.gat.policy.parse.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

  /** What a mapping asks by fields that are not among the known ones. */
  Formula nothingElse(YamlNode.Mapping in, Set<String> known) {
    List<Formula> all = new ArrayList<>();
    for (YamlNode.Entry entry : in.entries()) {
      if (!known.contains(entry.key()) && Spec.present(in, entry.key()).isPresent()) {
        all.add(
            unknown(
                entry.value(),
                bound(),
                "the field `" + entry.key() + "` is not known here",
                "write what it asks by hand"));
      }
    }
    return Formula.all(all);
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
