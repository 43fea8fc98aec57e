package io.gat.decide;

import java.util.Objects;

/**
 * A check that was decided, and what the candidate says of it. Only the decision is an answer.
 *
 * @param trial what came of the candidate; it never has a part in the decision
 */
public record Judged(Decision decision, Trial trial) {
  public Judged {
    Objects.requireNonNull(decision);
    Objects.requireNonNull(trial);
  }
}
