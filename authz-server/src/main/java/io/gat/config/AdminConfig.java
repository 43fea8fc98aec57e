package io.gat.config;

import java.util.Objects;
import java.util.Optional;

/**
 * The admin API and the console.
 *
 * @param listen default {@code http://127.0.0.1:9195}, loopback unless configured
 * @param issuer whose gats make an operator: this process's own issuer where it has one, else one
 *     of {@code authz.trust}; empty for nobody, and then there is no admin API
 */
public record AdminConfig(ListenAddress.Http listen, Optional<String> issuer) {
  public AdminConfig {
    Objects.requireNonNull(listen);
    Objects.requireNonNull(issuer);
  }
}
