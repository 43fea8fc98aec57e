package io.gat.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where authz servers of other processes follow an issuer.
 *
 * @param listen default {@code tcp://127.0.0.1:9193}
 * @param tls with authorities of clients; present where {@code listen} is not on loopback
 * @param bearer the file with what servers show on loopback; never beside TLS
 */
public record FeedConfig(
    ListenAddress.Tcp listen, Optional<TlsConfig> tls, Optional<Path> bearer, Origin origin) {
  /** Who wants it. */
  public enum Origin {
    /** The configuration has the section. */
    CONFIGURED,
    /** It says nothing of a feed. */
    STANDARD
  }

  public FeedConfig {
    Objects.requireNonNull(origin);
    Objects.requireNonNull(bearer);
    if (tls.isPresent() && bearer.isPresent()) {
      throw new IllegalArgumentException("certificates say more than a bearer");
    }
    if (tls.isPresent() && tls.get().clientCa().isEmpty()) {
      throw new IllegalArgumentException("a feed's clients show certificates, or nobody does");
    }
    if (tls.isEmpty() && !Addresses.isLoopback(listen.host())) {
      throw new IllegalArgumentException("beyond loopback a feed has TLS");
    }
  }

  /** Without a bearer. */
  FeedConfig(ListenAddress.Tcp listen, Optional<TlsConfig> tls, Origin origin) {
    this(listen, tls, Optional.empty(), origin);
  }
}
