package io.gat.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The admin API and the console.
 *
 * @param listen default {@code http://127.0.0.1:9195}, loopback unless configured
 * @param issuer whose gats make an operator: this process's own issuer where it has one, else one
 *     of {@code authz.trust}; empty for nobody, and then there is no admin API
 * @param bootstrapFile where an issuer writes the first operator's gat, default {@code
 *     operator-token} in the folder of its log; empty where this process is no issuer
 * @param signIn how people sign in; only where this process is an issuer
 */
public record AdminConfig(
    ListenAddress.Http listen,
    Optional<String> issuer,
    Optional<Path> bootstrapFile,
    Optional<SignInConfig> signIn) {
  public AdminConfig {
    Objects.requireNonNull(listen);
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(bootstrapFile);
    Objects.requireNonNull(signIn);
  }
}
