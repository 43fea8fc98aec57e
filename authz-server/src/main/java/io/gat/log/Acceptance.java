package io.gat.log;

import java.util.Objects;
import java.util.Optional;

/** What came of accepting a log that was restored or moved. */
public sealed interface Acceptance {
  /**
   * The log is where it was and lacks nothing; it was left as it is.
   *
   * @param incarnation its id
   * @param end its last position
   */
  record NotNeeded(String incarnation, long end) implements Acceptance {
    public NotNeeded {
      Objects.requireNonNull(incarnation);
    }
  }

  /**
   * It is another log from now on.
   *
   * @param doubt what spoke against it, in a line
   * @param before its incarnation until now; empty where the database was lost
   * @param now its new incarnation
   * @param end the last position that it has
   * @param lost how many positions it had, at least, and has no more; they are never used again
   */
  record Accepted(String doubt, Optional<String> before, String now, long end, long lost)
      implements Acceptance {
    public Accepted {
      Objects.requireNonNull(doubt);
      Objects.requireNonNull(before);
      Objects.requireNonNull(now);
    }
  }
}
