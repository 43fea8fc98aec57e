package io.gat.reference;

import io.gat.decide.Decider;
import io.gat.decide.Decision;
import io.gat.decide.Settled;
import io.gat.decide.Trial;
import io.gat.policy.AccessRequest;

/** A decision, and what the candidate says of the same check right afterwards. */
record Judged(Decision decision, Trial trial) {
  static Judged of(Decider decider, AccessRequest request) {
    Settled settled = decider.settle(request);
    return new Judged(settled.decision(), decider.trial(settled));
  }
}
