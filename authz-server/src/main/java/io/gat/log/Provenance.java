package io.gat.log;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether a log is where it was, and not behind what it once was. A restored backup lacks
 * records that somebody was told of: revocations among them.
 */
final class Provenance {
  private Provenance() {}

  /**
   * What speaks against it, in a line; empty where nothing does.
   *
   * @param state of the database
   * @param end the last position in it
   * @param witness what the witness said before the database was opened
   */
  static Optional<String> doubt(
      LogFiles files, LogState state, long end, Optional<Witness.Statement> witness)
      throws IOException {
    List<String> doubts = new ArrayList<>();
    if (!FileIdentity.of(files.database()).is(state.file())) {
      doubts.add("log.db is another file than the one that was written");
    }
    if (witness.isEmpty()) {
      // Before its first opening is over, a log has no witness yet.
      if (state.generation() > 0 || end > 0) {
        doubts.add(
            Files.exists(files.witness())
                ? "log.witness cannot be read"
                : "log.witness is missing");
      }
    } else {
      doubts.addAll(contradictions(files, state, end, witness.get()));
    }
    return doubts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", doubts));
  }

  private static List<String> contradictions(
      LogFiles files, LogState state, long end, Witness.Statement witness) throws IOException {
    List<String> doubts = new ArrayList<>();
    if (!FileIdentity.of(files.witness()).is(witness.self())) {
      doubts.add("log.witness is another file than the one that was written");
    }
    if (!witness.incarnation().equals(state.incarnation())) {
      doubts.add("log.witness belongs to another log");
    } else if (state.generation() < witness.generation()) {
      doubts.add("log.db is older than log.witness");
    } else if (state.generation() > witness.generation() + 1) {
      doubts.add("log.witness is older than log.db");
    }
    if (end < witness.position()) {
      doubts.add(
          "it ends at position "
              + end
              + " but was durable up to position "
              + witness.position()
              + " at least");
    }
    return doubts;
  }

  /**
   * Finds a topic whose last records are missing although the log as a whole is not behind: no
   * older state of it looks so. A sum does not find that, because no record comes after them.
   *
   * @throws LogException which one, and what to do
   */
  static void checkTails(
      LogFiles files, String incarnation, Heads heads, Optional<Witness.Statement> witness) {
    if (witness.isEmpty()
        || !witness.get().incarnation().equals(incarnation)
        || heads.end() < witness.get().position()) {
      return;
    }
    for (Topic topic : Topic.values()) {
      long known = witness.get().end(topic);
      if (heads.end(topic) < known) {
        throw Verification.damaged(
            files.database(),
            new LogException(
                "topic "
                    + topic
                    + " ends at position "
                    + heads.end(topic)
                    + " but was durable up to position "
                    + known
                    + " at least"));
      }
    }
  }

  /** What {@code open} says. */
  static LogException refusal(LogFiles files, String doubt) {
    return new LogException(
        files.database()
            + ": this log was restored or moved ("
            + doubt
            + "); if that is meant, run: gat log accept --config FILE");
  }
}
