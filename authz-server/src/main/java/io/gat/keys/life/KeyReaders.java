package io.gat.keys.life;

/** The authz servers that read keys from the feed. */
@FunctionalInterface
public interface KeyReaders {
  /**
   * Whether every authz server that is connected and fresh has applied the log up to this position.
   * One whose lease has run out does not count: it decides nothing before it has caught up.
   */
  boolean haveApplied(long position);

  /** There are none beside readers of the JWKS and this process, which applies as it reads. */
  static KeyReaders none() {
    return position -> true;
  }
}
