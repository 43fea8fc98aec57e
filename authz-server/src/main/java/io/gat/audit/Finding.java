package io.gat.audit;

import java.util.Locale;
import java.util.Objects;

/**
 * Something that is not as the audit log was written.
 *
 * @param place the position in the log or the line of the export, counted from 1; 0 where there is
 *     none, since the record is gone
 * @param writer whose chain it is, empty where nobody can tell
 * @param sequence the record's place in the chain, 0 where nobody can tell
 * @param time what the record says, or who knows of it; empty where nobody can tell
 * @param what a sentence for a person
 */
public record Finding(
    Kind kind, long place, String writer, long sequence, String time, String what) {
  public Finding {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(writer);
    Objects.requireNonNull(time);
    Objects.requireNonNull(what);
  }

  /** The word for a kind, for people and programs. */
  public static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** What was done, as far as the rest tells. */
  public enum Kind {
    /** No record at all. */
    UNREADABLE,
    /** Not what its successor or a checkpoint says it was. */
    EDITED,
    /** It isn't there. */
    MISSING,
    /** It stands elsewhere than it was written. */
    MOVED,
    /** It wasn't there. */
    INSERTED,
    /** A checkpoint that no trusted key has signed, or that says something else than the chain. */
    CHECKPOINT,
    /** The end of the chain isn't there. */
    CUT
  }
}
