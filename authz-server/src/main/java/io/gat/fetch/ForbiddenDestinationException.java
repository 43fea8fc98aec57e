package io.gat.fetch;

import java.io.IOException;

/** A URL that leads where gat does not go; the message is one line for the operator. */
public final class ForbiddenDestinationException extends IOException {
  private static final long serialVersionUID = 1L;

  ForbiddenDestinationException(String message) {
    super(message);
  }
}
