package io.gat.server;

import io.gat.decide.Decision;
import io.gat.decide.DecisionObserver;
import io.gat.decide.GivenUp;
import io.gat.decide.Reason;
import java.time.Duration;

/**
 * Counts every decision and logs it, except that refused checks are not logged: under overload the
 * log would hold nothing else.
 */
record MetricsAndLog(DecisionObserver metrics, DecisionObserver log) implements DecisionObserver {
  @Override
  public void decided(Decision decision, Duration took) {
    metrics.decided(decision, took);
    if (decision.reason() != Reason.OVERLOADED) {
      log.decided(decision, took);
    }
  }

  @Override
  public void givenUp(GivenUp stage) {
    metrics.givenUp(stage);
    log.givenUp(stage);
  }
}
