package io.gat.decide;

import java.time.Duration;

/** Is told of every decision; must return fast and never throw. */
public interface DecisionObserver {
  /**
   * Called once per check, after the answer was made.
   *
   * @param took from the arrival of the check to its answer
   */
  void decided(Decision decision, Duration took);

  /**
   * Called instead of {@link #decided(Decision, Duration)} by whoever knows what the candidate says
   * of the check; an observer to whom that is nothing need not tell the two apart.
   */
  default void decided(Decision decision, Trial trial, Duration took) {
    decided(decision, took);
  }

  /**
   * Called instead by whoever decides, before the candidate has judged; without what judges by it,
   * none is asked.
   */
  default void settled(Settled settled, Duration took) {
    decided(settled.decision(), new Trial.None(), took);
  }

  /**
   * Called instead where the caller of a check had gone, by its own deadline or by ending the call:
   * it is not answered.
   *
   * @param stage how far the check had come
   */
  default void givenUp(GivenUp stage) {}
}
