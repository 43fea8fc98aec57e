package io.gat.decide;

/** More tokens wait for their verification than can be verified in time. */
public final class NoRoomException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoRoomException() {
    super("too many tokens wait for their verification", null, false, false);
  }
}
