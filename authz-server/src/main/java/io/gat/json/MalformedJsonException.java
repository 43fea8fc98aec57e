package io.gat.json;

/**
 * Text that is not the JSON that gat reads. The message tells where and what kind of thing is
 * wrong, never what the text says: it may be a token or a key.
 */
public final class MalformedJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedJsonException(String message) {
    // Bad tokens come in floods: no stack trace, no suppression.
    super(message, null, false, false);
  }
}
