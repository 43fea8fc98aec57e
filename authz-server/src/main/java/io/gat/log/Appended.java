package io.gat.log;

import java.util.Objects;

/** What became of an append. */
public sealed interface Appended {
  /**
   * It is durable: it survives kill -9 of every process, and of the machine as far as its disk
   * keeps what it has synchronized.
   *
   * @param position of the last of the entries, or of a {@linkplain LogWriter#tick tick}:
   *     everything that was acknowledged before the call stands at or before it
   * @param novelty whether this call wrote it
   */
  record At(long position, Novelty novelty) implements Appended {
    public At {
      Objects.requireNonNull(novelty);
    }
  }

  /**
   * Nothing was written: the topic has a newer record than the caller knew of.
   *
   * @param last the position of that topic's last record
   */
  record Conflict(long last) implements Appended {}

  /**
   * Nothing was written: the log has no space, or none left for what {@linkplain Effect grants}.
   */
  record Full() implements Appended {}

  /**
   * Nobody knows whether it was written. Whoever repeats it with the same id can't write it twice.
   *
   * @param why a line for the operator
   */
  record Unknown(String why) implements Appended {
    public Unknown {
      Objects.requireNonNull(why);
    }
  }

  /** Whether an append has written something. */
  enum Novelty {
    /** It was written now. */
    NEW,
    /** A record of that topic had this id already; it was left as it is. */
    REPEATED
  }
}
