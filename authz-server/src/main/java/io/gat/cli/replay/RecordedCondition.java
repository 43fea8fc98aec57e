package io.gat.cli.replay;

import io.gat.policy.Condition;
import io.gat.policy.evaluate.CombinedCondition;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.verify.diff.Forms;
import java.util.Set;

/** Asks conditions about a recorded call, where the record has what they read. */
final class RecordedCondition {
  private final Forms forms;
  private final RecordedCall call;
  private final PathTemplate template;
  private final Condition.Input input;

  RecordedCondition(Forms forms, RecordedCall call, Spot.Inside inside, PathTemplate template) {
    this.forms = forms;
    this.call = call;
    this.template = template;
    this.input =
        new Condition.Input(
            call,
            call.request(),
            "/" + String.join("/", inside.segments()),
            template.bind(inside.segments()),
            call.record().time());
  }

  /**
   * Whether it held.
   *
   * @param unrecorded takes what it reads that the record does not have
   */
  Known holds(Condition condition, Set<String> unrecorded) {
    if (condition instanceof CombinedCondition combined) {
      return holds(combined, unrecorded);
    }
    Set<String> missing = call.unrecorded(forms.of(condition, template).fields());
    unrecorded.addAll(missing);
    if (!missing.isEmpty()) {
      return Known.UNKNOWN;
    }
    return condition.holds(input) ? Known.YES : Known.NO;
  }

  private Known holds(CombinedCondition combined, Set<String> unrecorded) {
    Known decisive =
        switch (combined.needed()) {
          case ALL -> Known.NO;
          case ANY -> Known.YES;
        };
    Known otherwise = decisive == Known.NO ? Known.YES : Known.NO;
    for (Condition part : combined.parts()) {
      Known one = holds(part, unrecorded);
      if (one == decisive) {
        return decisive;
      }
      otherwise = one == Known.UNKNOWN ? Known.UNKNOWN : otherwise;
    }
    return otherwise;
  }
}
