package io.gat.config;

import java.util.Objects;

/** What the upstream, and the caller with its response, get to see of an allowed call. */
public record UpstreamConfig(
    IdentityHeaders headers, ForwardToken forwardToken, Correlation correlation) {
  public UpstreamConfig {
    Objects.requireNonNull(headers);
    Objects.requireNonNull(forwardToken);
    Objects.requireNonNull(correlation);
  }

  /** Whether the {@code x-gat-*} headers are added; those of the client are always removed. */
  public enum IdentityHeaders {
    ADDED,
    LEFT_OUT
  }

  /** Whether the caller is told {@code x-gat-txn} and {@code x-gat-token-id} of its call. */
  public enum Correlation {
    ADDED,
    LEFT_OUT
  }

  /** Whether the upstream gets the token itself. */
  public enum ForwardToken {
    /** As the service's {@code credential} says: a txn-token is passed on, a bearer is not. */
    BY_CREDENTIAL,
    ALWAYS,
    NEVER
  }
}
