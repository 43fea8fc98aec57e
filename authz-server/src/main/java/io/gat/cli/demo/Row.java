package io.gat.cli.demo;

import java.time.Duration;
import java.util.Objects;

/**
 * One call of the demo and what became of it.
 *
 * @param name what the call shows
 * @param request method and path
 * @param expected the answer that it must get
 * @param actual the answer that it got
 * @param took from sending to the last byte
 */
public record Row(String name, String request, Answer expected, Answer actual, Duration took) {
  public Row {
    Objects.requireNonNull(name);
    Objects.requireNonNull(request);
    Objects.requireNonNull(expected);
    Objects.requireNonNull(actual);
    Objects.requireNonNull(took);
  }

  /**
   * An answer as the client sees it.
   *
   * @param status HTTP
   * @param reason gat's
   * @param cache {@code hit} or {@code miss}; empty where no token was looked at
   */
  public record Answer(int status, String reason, String cache) {
    public Answer {
      Objects.requireNonNull(reason);
      Objects.requireNonNull(cache);
    }

    @Override
    public String toString() {
      return status + " " + reason + (cache.isEmpty() ? "" : ", cache " + cache);
    }
  }

  /** True where the answer is as it must be. */
  public boolean isRight() {
    return expected.equals(actual);
  }
}
