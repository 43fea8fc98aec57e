package io.gat.config;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who may connect to the ext_authz port, and how many at a time.
 *
 * @param tls only for TCP
 * @param socketMode the permissions of a Unix socket, default {@code 0660}
 * @param max connections open at a time, in [1, 100,000], default 1,024
 */
public record ConnectionsConfig(
    Optional<TlsConfig> tls, Set<PosixFilePermission> socketMode, int max) {
  static final int DEFAULT = 1_024;
  static final int MOST = 100_000;

  public ConnectionsConfig {
    Objects.requireNonNull(tls);
    socketMode = Set.copyOf(socketMode);
    if (max < 1 || max > MOST) {
      throw new IllegalArgumentException("connections are in [1, 100,000]");
    }
  }
}
