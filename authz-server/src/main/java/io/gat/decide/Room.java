package io.gat.decide;

/**
 * Says whether a call that may pass has room for all that the service gets to know of its caller.
 * It is a part of the decision, so that all who decide, explain or try a check say the same.
 */
@FunctionalInterface
public interface Room {
  /** True where nothing of the caller's identity would be left out. */
  boolean fits(Decision.Allow allowed);

  /** For decisions of which no service is told anything. */
  static Room unlimited() {
    return allowed -> true;
  }
}
