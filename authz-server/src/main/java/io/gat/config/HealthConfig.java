package io.gat.config;

import java.util.Objects;

/**
 * Health and metrics, and nothing else.
 *
 * @param listen default {@code http://0.0.0.0:9194}
 */
public record HealthConfig(ListenAddress.Http listen) {
  public HealthConfig {
    Objects.requireNonNull(listen);
  }
}
