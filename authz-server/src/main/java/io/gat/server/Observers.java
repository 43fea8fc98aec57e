package io.gat.server;

import io.gat.decide.Decision;
import io.gat.decide.DecisionObserver;
import io.gat.decide.GivenUp;
import io.gat.decide.Settled;
import io.gat.decide.Trial;
import java.time.Duration;
import java.util.Objects;

/** Two observers as one. */
record Observers(DecisionObserver first, DecisionObserver second) implements DecisionObserver {
  Observers {
    Objects.requireNonNull(first);
    Objects.requireNonNull(second);
  }

  @Override
  public void decided(Decision decision, Duration took) {
    first.decided(decision, took);
    second.decided(decision, took);
  }

  @Override
  public void decided(Decision decision, Trial trial, Duration took) {
    first.decided(decision, trial, took);
    second.decided(decision, trial, took);
  }

  @Override
  public void settled(Settled settled, Duration took) {
    first.settled(settled, took);
    second.settled(settled, took);
  }

  @Override
  public void givenUp(GivenUp stage) {
    first.givenUp(stage);
    second.givenUp(stage);
  }
}
