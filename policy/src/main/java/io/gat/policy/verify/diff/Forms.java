package io.gat.policy.verify.diff;

import io.gat.policy.Condition;
import io.gat.policy.Rule;
import io.gat.policy.compile.ConditionForm;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.Standing.Placement;
import java.util.HashMap;
import java.util.Map;

/**
 * The forms of conditions, each worked out once. For one thread: a comparison has its own, and so
 * has a replay.
 */
public final class Forms {
  private final Map<Key, ConditionForm> known = new HashMap<>();

  private record Key(Condition condition, PathTemplate template) {}

  /** The form of a rule's condition at one of its templates. */
  public ConditionForm of(Placement placement) {
    return placement.rule().effect() instanceof Rule.Effect.Guarded guard
        ? guard.when().map(when -> of(when, placement.template())).orElse(ConditionForm.none())
        : ConditionForm.none();
  }

  /** The form of a condition, or of a part of one, at a template. */
  public ConditionForm of(Condition condition, PathTemplate template) {
    return known.computeIfAbsent(
        new Key(condition, template), key -> ConditionForm.of(condition, template));
  }
}
