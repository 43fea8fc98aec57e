package io.gat.issue.grant;

import java.util.function.Function;

/** A step on the way to a token: what it has found, or the answer that ends the way. */
sealed interface Step<T> {
  record Done<T>(T found) implements Step<T> {}

  record Ended<T>(Reply reply) implements Step<T> {}

  static <T> Step<T> done(T value) {
    return new Done<>(value);
  }

  static <T> Step<T> ended(Reply reply) {
    return new Ended<>(reply);
  }

  static <T> Step<T> refused(TokenError error, String code, String description) {
    return new Ended<>(new Reply.Refused(error, code, description));
  }

  /** The next step, where there is one. */
  default <R> Step<R> then(Function<? super T, Step<R>> next) {
    return switch (this) {
      case Done<T>(T found) -> next.apply(found);
      case Ended<T>(Reply reply) -> new Ended<>(reply);
    };
  }

  /**
   * What it has found.
   *
   * @throws IllegalStateException where it has ended the way
   */
  default T value() {
    return switch (this) {
      case Done<T>(T found) -> found;
      case Ended<T>(Reply reply) -> throw new IllegalStateException("ended: " + reply);
    };
  }

  /** The last step. */
  default Reply reply(Function<? super T, Reply> last) {
    return switch (this) {
      case Done<T>(T found) -> last.apply(found);
      case Ended<T>(Reply reply) -> reply;
    };
  }
}
