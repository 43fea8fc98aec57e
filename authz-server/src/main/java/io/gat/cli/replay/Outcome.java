package io.gat.cli.replay;

import io.gat.decide.Reason;
import java.util.Objects;
import java.util.Set;

/** What a policy set says of a recorded call. */
sealed interface Outcome {
  /** The reason of its decision. */
  record Settled(Reason reason) implements Outcome {
    public Settled {
      Objects.requireNonNull(reason);
    }
  }

  /**
   * It hangs on what the record does not tell.
   *
   * @param lacks what that is, at least one
   */
  record Open(Set<String> lacks) implements Outcome {
    public Open {
      lacks = Set.copyOf(lacks);
      if (lacks.isEmpty()) {
        throw new IllegalArgumentException("something is lacking");
      }
    }
  }
}
