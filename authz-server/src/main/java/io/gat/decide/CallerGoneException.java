package io.gat.decide;

/** Nobody waits for the answer any more, so the work for it has ended. */
public final class CallerGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallerGoneException() {
    super("nobody waits for the answer any more", null, false, false);
  }
}
