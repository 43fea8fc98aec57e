package io.gat.audit;

/**
 * Takes signed checkpoints out of the log: what is not where the log is can tell that the log was
 * cut. Called from one thread.
 */
@FunctionalInterface
public interface CheckpointSink {
  /**
   * Keeps a checkpoint. The log has it already.
   *
   * @param signed a compact JWS
   * @throws java.io.UncheckedIOException where it can't be kept; it comes again with the next one
   */
  void keep(String signed);
}
