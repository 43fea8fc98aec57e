package io.gat.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

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

  /** The issuer role of this same process. The address is where its feed will be. */
  record Feed(ListenAddress.Tcp address) implements KeysConfig {
    public Feed {
      Objects.requireNonNull(address);
    }
  }

  /** The shared secret of a MAC, raw bytes in a file. */
  record SecretFile(Path path) implements KeysConfig {
    public SecretFile {
      Objects.requireNonNull(path);
    }
  }
}
