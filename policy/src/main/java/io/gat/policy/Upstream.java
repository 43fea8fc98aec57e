package io.gat.policy;

import java.util.Objects;

/**
 * What a service wants to get of an allowed call, where it is not content with the server's
 * configuration.
 *
 * @param headers whether it gets the {@code x-gat-*} headers; the caller's own are removed always
 * @param forwardToken whether it gets the token itself
 */
public record Upstream(Choice headers, Choice forwardToken) {
  public Upstream {
    Objects.requireNonNull(headers);
    Objects.requireNonNull(forwardToken);
  }

  /** Yes, no, or as the server is configured. */
  public enum Choice {
    CONFIGURED,
    YES,
    NO
  }

  /** All as the server is configured. */
  public static Upstream configured() {
    return new Upstream(Choice.CONFIGURED, Choice.CONFIGURED);
  }
}
