package io.gat.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * TLS on the ext_authz port.
 *
 * @param certificate a PEM file: the server's certificate, then those of its intermediates
 * @param key a PEM file: the certificate's private key in PKCS #8, not encrypted
 * @param clientCa a PEM file with the authorities of clients; where it is present, a client needs a
 *     certificate of one of them
 */
public record TlsConfig(Path certificate, Path key, Optional<Path> clientCa) {
  public TlsConfig {
    Objects.requireNonNull(certificate);
    Objects.requireNonNull(key);
    Objects.requireNonNull(clientCa);
  }
}
