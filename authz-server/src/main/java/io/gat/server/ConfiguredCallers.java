package io.gat.server;

import io.gat.config.IssuerConfig;
import io.gat.issue.caller.Callers;
import io.gat.keys.CryptoProvider;
import java.time.InstantSource;
import java.util.List;

/** The authenticators of a configuration. */
final class ConfiguredCallers {
  private ConfiguredCallers() {}

  /**
   * Opens them; the caller closes what it gets.
   *
   * @throws StartException where one cannot be used as configured: a line with a remedy
   */
  static Callers open(IssuerConfig config, CryptoProvider crypto, InstantSource clock)
      throws StartException {
    return new Callers(List.of());
  }
}
