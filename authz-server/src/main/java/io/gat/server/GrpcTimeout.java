package io.gat.server;

import java.time.Duration;

/**
 * How long a caller waits for the answer of its call: the header {@code grpc-timeout}, "gRPC over
 * HTTP2", <em>Requests</em>: {@code TimeoutValue TimeoutUnit}, at most eight digits and one of
 * {@code H M S m u n}.
 */
sealed interface GrpcTimeout {
  /** The caller waits as long as it takes. */
  record None() implements GrpcTimeout {}

  /**
   * The caller waits so long from when it sent the request.
   *
   * @param patience in [0, 99,999,999 h]
   */
  record Of(Duration patience) implements GrpcTimeout {}

  /** A value that the specification does not know: nobody can tell how long the caller waits. */
  record Malformed() implements GrpcTimeout {}

  int MOST_DIGITS = 8;

  /** Reads the header's value. */
  static GrpcTimeout parse(String value) {
    int digits = value.length() - 1;
    if (digits < 1 || digits > MOST_DIGITS) {
      return new Malformed();
    }
    long amount = 0;
    for (int i = 0; i < digits; i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return new Malformed();
      }
      amount = amount * 10 + digit;
    }
    return switch (value.charAt(digits)) {
      case 'H' -> new Of(Duration.ofHours(amount));
      case 'M' -> new Of(Duration.ofMinutes(amount));
      case 'S' -> new Of(Duration.ofSeconds(amount));
      case 'm' -> new Of(Duration.ofMillis(amount));
      case 'u' -> new Of(Duration.ofNanos(amount * 1_000));
      case 'n' -> new Of(Duration.ofNanos(amount));
      default -> new Malformed();
    };
  }
}
