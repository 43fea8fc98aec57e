package io.gat.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Where an issuer's keys are. */
public sealed interface KeysConfig {
  /** A JWKS in a file, read again when it changes. */
  record File(Path path) implements KeysConfig {
    public File {
      Objects.requireNonNull(path);
    }
  }

  /** A JWKS at an {@code https} URL, or an {@code http} one on this machine. */
  record Url(URI url) implements KeysConfig {
    public Url {
      Objects.requireNonNull(url);
    }
  }

  /**
   * The feed of an issuer, which tells revocations, too. Where the issuer is in this same process,
   * nobody connects.
   *
   * @param addresses of issuers of the same log, at least one
   * @param tls present unless all addresses are on loopback, or the issuer is in this process
   * @param bearer the file with what is shown on loopback; never beside TLS
   */
  record Feed(List<ListenAddress.Tcp> addresses, Optional<TlsConfig> tls, Optional<Path> bearer)
      implements KeysConfig {
    /** Without a bearer. */
    public Feed(List<ListenAddress.Tcp> addresses, Optional<TlsConfig> tls) {
      this(addresses, tls, Optional.empty());
    }

    public Feed {
      addresses = List.copyOf(addresses);
      Objects.requireNonNull(tls);
      Objects.requireNonNull(bearer);
      if (tls.isPresent() && bearer.isPresent()) {
        throw new IllegalArgumentException("certificates say more than a bearer");
      }
      if (addresses.isEmpty()) {
        throw new IllegalArgumentException("a feed has an address");
      }
    }
  }

  /** The shared secret of a MAC, raw bytes in a file. */
  record SecretFile(Path path) implements KeysConfig {
    public SecretFile {
      Objects.requireNonNull(path);
    }
  }
}
