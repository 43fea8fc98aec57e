package io.gat.server;

/**
 * The server cannot start as configured. The message is for a person: one line a problem, each with
 * a place and a remedy.
 */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    super(message);
  }
}
