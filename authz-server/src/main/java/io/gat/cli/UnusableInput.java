package io.gat.cli;

/** Input that cannot be used; the message is for a person, one line a problem. */
public final class UnusableInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnusableInput(String message) {
    super(message);
  }
}
