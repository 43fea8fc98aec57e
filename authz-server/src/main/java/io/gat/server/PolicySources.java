package io.gat.server;

import io.gat.bundle.BundleReader;
import io.gat.config.AuthzConfig;
import io.gat.config.PolicyConfig;
import io.gat.fetch.HttpFetch;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SignedDocument;
import io.gat.policy.Policy;
import io.gat.revocation.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Opens the places that policies come from, and says what a configuration has against one. */
final class PolicySources {
  private static final Duration FETCH_PATIENCE = Duration.ofSeconds(10);

  private final CryptoProvider crypto;
  private final Moment.Source clock;

  PolicySources(CryptoProvider crypto, Moment.Source clock) {
    this.crypto = crypto;
    this.clock = clock;
  }

  /**
   * Opens a place; nothing is read of it yet.
   *
   * @throws StartException where the keys of a bundle's signers cannot be read
   */
  PolicySource open(PolicyConfig config) throws StartException {
    return switch (config) {
      case PolicyConfig.Files files -> PolicySource.files(files.path());
      case PolicyConfig.Bundle bundle -> {
        try {
          KeySet signers =
              new KeySet(SignedDocument.publicKeys(bundle.key()), clock.now().wall(), Instant.MAX);
          yield new BundleSource(
              bundle.name(),
              new BundleSource.Http(
                  new HttpFetch(bundle.url(), FETCH_PATIENCE, BundleReader.MAX_BYTES)),
              new BundleReader(new SignedDocument(BundleReader.TYPE, signers, crypto)),
              bundle.every(),
              bundle.cache(),
              clock);
        } catch (KeySourceException e) {
          throw new StartException(String.valueOf(e.getMessage()));
        }
      }
    };
  }

  /** What speaks against a policy that compiles, one a line. */
  static List<String> objections(AuthzConfig config, PolicyConfig from, Policy policy) {
    if (config.service().isEmpty() || policy.service(config.service()).isPresent()) {
      return List.of();
    }
    return List.of(
        from.name()
            + ": no service `"
            + config.service()
            + "`, which gat.authz.service pins; add it or change the pin");
  }
}
