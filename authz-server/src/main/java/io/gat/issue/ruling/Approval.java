package io.gat.issue.ruling;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What somebody has asked a second person to allow, and what became of it.
 *
 * @param id to be quoted
 * @param askedAt when
 */
public record Approval(String id, ApprovalWish wish, Instant askedAt, State state) {
  /** Nobody comes back to a question of yesterday. */
  static final Duration PATIENCE = Duration.ofHours(24);

  /** For so long nobody is asked again who has said no. */
  static final Duration NO_MEANS_NO = Duration.ofHours(1);

  public Approval {
    Objects.requireNonNull(id);
    Objects.requireNonNull(wish);
    Objects.requireNonNull(askedAt);
    Objects.requireNonNull(state);
  }

  /** What became of it. */
  public sealed interface State {
    /** Nobody has said anything. */
    record Pending() implements State {}

    /**
     * Yes.
     *
     * @param by the operator's subject
     * @param until when it ends, exclusive
     */
    record Granted(String by, String reason, Instant at, Instant until) implements State {
      public Granted {
        Objects.requireNonNull(by);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(at);
        Objects.requireNonNull(until);
      }
    }

    /** No. */
    record Refused(String by, String reason, Instant at) implements State {
      public Refused {
        Objects.requireNonNull(by);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(at);
      }
    }
  }

  /** The same, decided. */
  Approval with(State decided) {
    return new Approval(id, wish, askedAt, decided);
  }

  /** When it is of no use to anybody any more, exclusive. */
  public Instant ends() {
    return switch (state) {
      case State.Pending pending -> askedAt.plus(PATIENCE);
      case State.Granted granted -> granted.until();
      case State.Refused refused -> refused.at().plus(NO_MEANS_NO);
    };
  }

  /** True while it says something. */
  public boolean isAliveAt(Instant now) {
    return now.isBefore(ends());
  }

  /** The yes, where there is one. */
  public Optional<State.Granted> granted() {
    return state instanceof State.Granted granted ? Optional.of(granted) : Optional.empty();
  }

  /** One word: {@code pending}, {@code granted} or {@code refused}. */
  public String word() {
    return switch (state) {
      case State.Pending pending -> "pending";
      case State.Granted granted -> "granted";
      case State.Refused refused -> "refused";
    };
  }
}
