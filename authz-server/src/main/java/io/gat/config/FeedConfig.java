package io.gat.config;

import java.util.Objects;
import java.util.Optional;

/**
 * Where authz servers of other processes follow an issuer.
 *
 * @param listen default {@code tcp://127.0.0.1:9193}
 * @param tls with authorities of clients; present where {@code listen} is not on loopback
 */
public record FeedConfig(ListenAddress.Tcp listen, Optional<TlsConfig> tls, Origin origin) {
  /** Who wants it. */
  public enum Origin {
    /** The configuration has the section. */
    CONFIGURED,
    /** It says nothing of a feed. */
    STANDARD
  }

  public FeedConfig {
    Objects.requireNonNull(origin);
    if (tls.isPresent() && tls.get().clientCa().isEmpty()) {
      throw new IllegalArgumentException("a feed's clients show certificates, or nobody does");
    }
    if (tls.isEmpty() && !Addresses.isLoopback(listen.host())) {
      throw new IllegalArgumentException("beyond loopback a feed has TLS");
    }
  }
}
