package io.gat.decide;

import io.gat.policy.Policy;
import io.gat.revocation.Moment;
import java.util.Objects;
import java.util.Optional;

/**
 * A check that was decided.
 *
 * @param due what a candidate has still to judge, when there is time; empty where there is none
 */
public record Settled(Decision decision, Optional<Due> due) {
  public Settled {
    Objects.requireNonNull(decision);
    Objects.requireNonNull(due);
  }

  /** A decision that no candidate has a part in. */
  public static Settled alone(Decision decision) {
    return new Settled(decision, Optional.empty());
  }

  /**
   * By what the candidate judges: as it was when the check was decided, however late it is.
   *
   * @param snapshot of which the policy has decided
   */
  record Due(Policy candidate, Snapshot snapshot, Moment at) {
    Due {
      Objects.requireNonNull(candidate);
      Objects.requireNonNull(snapshot);
      Objects.requireNonNull(at);
    }
  }
}
