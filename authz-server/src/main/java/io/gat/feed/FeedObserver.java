package io.gat.feed;

import java.time.Duration;

/** Is told what an issuer's feeds do. Called by many threads; returns fast and must not throw. */
public interface FeedObserver {
  /**
   * A message was sent.
   *
   * @param changes of revocations in it
   */
  void sent(int changes, int bytes);

  /** A claim was answered. */
  void claimed(ClaimOutcome outcome);

  /**
   * The log has acknowledged a write, or has not, that vouches for what a stream was told.
   *
   * @param took from the call on
   */
  void vouched(Duration took, Vouching outcome);

  /** A stream has ended. */
  void ended(StreamEnd why);

  /** What the log has done. */
  enum Vouching {
    ACKNOWLEDGED,
    FAILED
  }

  /** Nobody who wants to know. */
  static FeedObserver nobody() {
    return new FeedObserver() {
      @Override
      public void sent(int changes, int bytes) {}

      @Override
      public void claimed(ClaimOutcome outcome) {}

      @Override
      public void vouched(Duration took, Vouching outcome) {}

      @Override
      public void ended(StreamEnd why) {}
    };
  }
}
