package io.gat.policy.migrate;

import io.gat.policy.parse.Position;
import java.util.Objects;

/**
 * Something that a person must know about an import.
 *
 * @param position of what it speaks of, in the source
 * @param kind what came of it
 * @param path the key path in the source, such as {@code spec.rules[0].to[0].operation.ports}
 * @param message why, one line
 * @param remedy what to do by hand, one line; may be empty
 */
public record Remark(Position position, Kind kind, String path, String message, String remedy) {
  /** What came of a part of the source. */
  public enum Kind {
    /** A denial that gat cannot express: more is denied than in the source. */
    DENIAL_WIDENED("DENIAL NOT CARRIED OVER"),
    /** Something that the source allows and the result does not. */
    LEFT_OUT("left out"),
    /** Something that the result allows under a further condition. */
    NARROWER("narrower"),
    /** Nothing that changes who is allowed what; something to set up elsewhere. */
    TO_DO("to do");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** The kind as a person reads it. */
    public String words() {
      return words;
    }
  }

  public Remark {
    Objects.requireNonNull(position);
    Objects.requireNonNull(kind);
    Objects.requireNonNull(path);
    Objects.requireNonNull(message);
    Objects.requireNonNull(remedy);
  }

  /** One line: {@code file:line:column: kind: path: message; remedy}. */
  @Override
  public String toString() {
    return position
        + ": "
        + kind.words
        + ": "
        + (path.isEmpty() ? "" : path + ": ")
        + message
        + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
