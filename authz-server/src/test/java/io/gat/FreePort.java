package io.gat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for the servers of tests that must know theirs before they start. */
public final class FreePort {
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;

  /** Each in turn, from a place that processes beside this one do not begin at. */
  private static final AtomicInteger TURN =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(HIGHEST - LOWEST));

  private FreePort() {}

  /**
   * One that nobody listens on, and below those that systems give to outgoing connections: else one
   * of these could have it when the server starts, or starts again. No two calls have the same.
   */
  public static int next() {
    while (true) {
      int port = LOWEST + Math.floorMod(TURN.getAndIncrement(), HIGHEST - LOWEST);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Somebody has it.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
