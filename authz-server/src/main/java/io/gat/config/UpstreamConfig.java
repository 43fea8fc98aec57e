package io.gat.config;

import java.util.Objects;

/**
 * What the upstream, and the caller with its response, get to see of an allowed call.
 *
 * @param maxHeaders how many headers of a request the proxy takes, in [1, 32767], default 100
 * @param maxHeaderBytes how long they may be together, in [1, 8 MiB], default 60 KiB
 */
public record UpstreamConfig(
    IdentityHeaders headers,
    ForwardToken forwardToken,
    Correlation correlation,
    int maxHeaders,
    int maxHeaderBytes) {
  static final int MOST_HEADERS = 32_767;
  static final int MOST_BYTES = 8 * 1024 * 1024;

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
