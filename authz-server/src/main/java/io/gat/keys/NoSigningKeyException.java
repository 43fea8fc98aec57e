package io.gat.keys;

/** No key may sign now; the message is one line for the operator. It passes: try again. */
public final class NoSigningKeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NoSigningKeyException(String message) {
    super(message);
  }
}
