package io.gat.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * One side of TLS, on the ext_authz port or a feed.
 *
 * @param certificate a PEM file: the own certificate, then those of its intermediates
 * @param key a PEM file: the certificate's private key in PKCS #8, not encrypted
 * @param clientCa a PEM file with the authorities of the other side, which needs a certificate of
 *     one of them; absent on a server whose clients need none
 */
public record TlsConfig(Path certificate, Path key, Optional<Path> clientCa) {
  public TlsConfig {
    Objects.requireNonNull(certificate);
    Objects.requireNonNull(key);
    Objects.requireNonNull(clientCa);
  }
}
