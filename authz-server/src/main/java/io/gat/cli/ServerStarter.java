package io.gat.cli;

import io.gat.config.GatConfig;

/** Starts the roles of a configuration: the composition root, or a fake of it. */
public interface ServerStarter {
  /**
   * Returns when all roles can answer.
   *
   * @throws UnusableInput where they cannot start as configured: one line a problem
   */
  Running start(GatConfig config);

  /** Running roles. */
  interface Running extends AutoCloseable {
    /** Ends them, in an order in which no call is lost. May be called twice. */
    @Override
    void close();
  }
}
