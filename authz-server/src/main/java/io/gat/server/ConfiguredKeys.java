package io.gat.server;

import io.gat.config.KeysConfig;
import io.gat.keys.JwksUrlSource;
import io.gat.keys.KeyFile;
import io.gat.keys.KeySource;
import java.time.InstantSource;
import java.util.Optional;

/** Finds an issuer's keys where a configuration says they are. */
public final class ConfiguredKeys {
  private ConfiguredKeys() {}

  /** The source, not started; empty for an issuer that tells its keys by a feed. */
  public static Optional<KeySource> source(KeysConfig config, InstantSource clock) {
    return switch (config) {
      case KeysConfig.File file -> Optional.of(KeyFile.jwks(file.path(), clock));
      case KeysConfig.Url url ->
          Optional.of(new JwksUrlSource(url.url(), JwksUrlSource.Timing.standard(), clock));
      case KeysConfig.SecretFile secret -> Optional.of(KeyFile.secret(secret.path(), clock));
      case KeysConfig.Feed feed -> Optional.empty();
    };
  }
}
