package io.gat.keys;

/** A key source that cannot work as configured; the message is one line for a person. */
public final class KeySourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KeySourceException(String message) {
    super(message);
  }

  public KeySourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
