package io.gat.cli;

import io.gat.config.GatConfig;
import java.io.OutputStream;

/** Starts the roles of a configuration: the composition root, or a fake of it. */
public interface ServerStarter {
  /**
   * Returns when all roles can answer.
   *
   * @param decisions takes the decision records of denials and errors, one JSON object a line
   * @throws UnusableInput where they cannot start as configured: one line a problem
   */
  Running start(GatConfig config, OutputStream decisions);

  /** Running roles. */
  interface Running extends AutoCloseable {
    /** Says that they are not ready, lets callers learn of it, and then ends them. */
    default void drain() {
      close();
    }

    /** Ends them, in an order in which no call is lost. May be called twice. */
    @Override
    void close();
  }
}
