package io.gat.config;

import java.util.Objects;

/**
 * The admin API and the console.
 *
 * @param listen default {@code http://127.0.0.1:9195}, loopback unless configured
 */
public record AdminConfig(ListenAddress.Http listen) {
  public AdminConfig {
    Objects.requireNonNull(listen);
  }
}
