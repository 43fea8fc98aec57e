package io.gat.cli;

import io.gat.config.GatConfig;
import io.gat.config.IssuerConfig;
import java.nio.file.Path;

/** Where the issuer of a configuration keeps its things. */
final class IssuerFiles {
  private IssuerFiles() {}

  /**
   * The issuer's section.
   *
   * @throws UnusableInput where the configuration has no issuer
   */
  static IssuerConfig issuer(GatConfig config) {
    return config
        .issuer()
        .orElseThrow(
            () ->
                new UnusableInput(
                    config.file()
                        + ": gat.roles: this process is no issuer; add `issuer` to the roles and a"
                        + " section gat.issuer"));
  }

  /** The file of the issuer's private key. */
  static Path signingKey(IssuerConfig issuer) {
    return issuer.data().resolve("signing-key.json");
  }
}
