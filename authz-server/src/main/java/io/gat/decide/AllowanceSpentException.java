package io.gat.decide;

/** The candidate has verified as many tokens as it may for now. */
final class AllowanceSpentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AllowanceSpentException() {
    super("the candidate has verified as many tokens as it may for now", null, false, false);
  }
}
