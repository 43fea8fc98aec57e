package io.gat.audit;

/** A text that is not an audit record; the message says why, on one line, without the text. */
public final class UnreadableRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableRecordException(String message) {
    super(message);
  }
}
