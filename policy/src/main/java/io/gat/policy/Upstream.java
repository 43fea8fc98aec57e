package io.gat.policy;

import java.util.Objects;
import java.util.Set;

/**
 * What a service wants to get of an allowed call, where it is not content with the server's
 * configuration.
 *
 * @param headers whether it gets the {@code x-gat-*} headers; the caller's own are removed always
 * @param forwardToken whether it gets the token itself
 * @param removeQuery the parameters, by their decoded names, that it never gets
 */
public record Upstream(Choice headers, Choice forwardToken, Set<String> removeQuery) {
  public Upstream {
    Objects.requireNonNull(headers);
    Objects.requireNonNull(forwardToken);
    removeQuery = Set.copyOf(removeQuery);
  }

  /** Yes, no, or as the server is configured. */
  public enum Choice {
    CONFIGURED,
    YES,
    NO
  }

  /** All as the server is configured. */
  public static Upstream configured() {
    return new Upstream(Choice.CONFIGURED, Choice.CONFIGURED, Set.of());
  }
}
