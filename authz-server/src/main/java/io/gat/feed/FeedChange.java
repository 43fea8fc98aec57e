package io.gat.feed;

import io.gat.revocation.Revocation;
import java.time.Instant;
import java.util.Objects;

/** One change of the revocations in force. */
public sealed interface FeedChange {
  /** One more. */
  record Added(Revocation revocation) implements FeedChange {
    public Added {
      Objects.requireNonNull(revocation);
    }
  }

  /** One equal entry less. */
  record Lifted(Revocation revocation) implements FeedChange {
    public Lifted {
      Objects.requireNonNull(revocation);
    }
  }

  /**
   * None of those that hit only earlier tokens and were made before a time.
   *
   * @param before in whole milliseconds
   */
  record Ended(Instant before) implements FeedChange {
    public Ended {
      Objects.requireNonNull(before);
    }
  }
}
