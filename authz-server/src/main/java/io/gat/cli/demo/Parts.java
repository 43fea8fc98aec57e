package io.gat.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has been started, to be ended in the opposite order: by its owner, or by the end of the
 * process at any moment, also while more is being started.
 */
final class Parts implements AutoCloseable {
  private final Deque<Part> parts = new ArrayDeque<>();
  private boolean closed;

  /** Something to end. */
  @FunctionalInterface
  interface Part {
    void end() throws IOException;
  }

  /** Parts that end with the process at the latest. */
  static Parts endingWithTheProcess() {
    Parts parts = new Parts();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("gat-demo-stop").unstarted(parts::close));
    return parts;
  }

  /** Adds a part; one that comes too late is ended at once. */
  synchronized void add(Part part) throws IOException {
    if (closed) {
      part.end();
      throw new IOException("the demo is ending");
    }
    parts.push(part);
  }

  /** Ends all parts, also where one of them fails to. */
  @Override
  public synchronized void close() {
    closed = true;
    IOException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().end();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw new UncheckedIOException(failure);
    }
  }
}
