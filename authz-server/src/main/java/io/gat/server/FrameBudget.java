package io.gat.server;

/**
 * How many frames that bring no work a connection may still send: some at once, some for each
 * second, some for each request.
 */
final class FrameBudget {
  private static final long NANOS_PER_FRAME = 1_000_000_000L / ConnectionLimits.CONTROL_PER_SECOND;

  private long left = ConnectionLimits.CONTROL_AT_ONCE;
  private long earnedAt;

  FrameBudget(long nanos) {
    this.earnedAt = nanos;
  }

  /** A request began. */
  void earn() {
    left = Math.min(ConnectionLimits.CONTROL_AT_ONCE, left + ConnectionLimits.CONTROL_PER_REQUEST);
  }

  /** One such frame arrived; false where it is one too many. */
  boolean spend(long nanos) {
    if (left <= 0) {
      long earned = (nanos - earnedAt) / NANOS_PER_FRAME;
      left = Math.min(ConnectionLimits.CONTROL_AT_ONCE, earned);
      earnedAt = nanos;
    }
    return left-- > 0;
  }
}
