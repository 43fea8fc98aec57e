package io.gat.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a key-encryption key is, which encrypts private signing keys. Never the key itself. */
public sealed interface KekConfig {
  /** In a file, which is made where there is none. */
  record File(Path file) implements KekConfig {
    public File {
      Objects.requireNonNull(file);
    }
  }

  /**
   * In a PKCS#11 token.
   *
   * @param library of the token's vendor
   * @param token the token's label
   * @param pinFile holds the user's PIN
   * @param label of the AES key
   */
  record Pkcs11(Path library, String token, Path pinFile, String label) implements KekConfig {
    public Pkcs11 {
      Objects.requireNonNull(library);
      Objects.requireNonNull(token);
      Objects.requireNonNull(pinFile);
      Objects.requireNonNull(label);
    }
  }

  /** In Vault's transit engine. */
  final class Vault implements KekConfig {
    private final URI url;
    private final String key;
    private final Path tokenFile;
    private final String mount;
    private final String namespace;
    private final @Nullable Path caFile;

    Vault(
        URI url,
        String key,
        Path tokenFile,
        String mount,
        String namespace,
        @Nullable Path caFile) {
      this.url = Objects.requireNonNull(url);
      this.key = Objects.requireNonNull(key);
      this.tokenFile = Objects.requireNonNull(tokenFile);
      this.mount = Objects.requireNonNull(mount);
      this.namespace = Objects.requireNonNull(namespace);
      this.caFile = caFile;
    }

    public URI url() {
      return url;
    }

    /** The key's name. */
    public String key() {
      return key;
    }

    /** Holds Vault's token; read for each call. */
    public Path tokenFile() {
      return tokenFile;
    }

    /** Where the engine is, default {@code transit}. */
    public String mount() {
      return mount;
    }

    /** Of Vault Enterprise, empty for none. */
    public String namespace() {
      return namespace;
    }

    /** PEM of who vouches for Vault's certificate; absent for those that the JDK trusts. */
    public Optional<Path> caFile() {
      return Optional.ofNullable(caFile);
    }
  }
}
