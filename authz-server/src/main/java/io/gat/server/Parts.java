package io.gat.server;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened, to be closed in the opposite order. For one thread at a time. */
final class Parts implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Takes charge of a part. */
  <T extends AutoCloseable> T add(T part) {
    open.push(part);
    return part;
  }

  /** Closes all of them; one that fails to is logged and does not keep the others open. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        System.getLogger(Parts.class.getName()).log(Level.WARNING, "a part does not end", e);
      }
    }
  }
}
