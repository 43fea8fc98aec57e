package io.gat.token;

/**
 * Somebody else who knows whether an assertion is genuine, such as a Kubernetes API server. Safe to
 * share between threads; may block a bounded time.
 */
public interface Voucher {
  /** What somebody else says of an assertion. */
  enum Word {
    GENUINE,
    REFUSED,
    /** Nobody can tell now. */
    UNAVAILABLE
  }

  /**
   * Asks.
   *
   * @param compact it goes to nobody else, and into no log
   * @param subject who it says it is about; genuine only where that is true
   */
  Word vouch(String compact, String subject);
}
