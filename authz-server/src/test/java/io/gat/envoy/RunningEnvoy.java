package io.gat.envoy;

/** An Envoy that serves, wherever it runs. */
interface RunningEnvoy extends AutoCloseable {
  /** Where it listens on loopback. */
  int port();

  /** Its standard output so far. */
  String output();

  @Override
  void close();
}
