package io.gat.server;

import io.gat.bundle.BundleReader;
import io.gat.call.Passage;
import io.gat.config.AuthzConfig;
import io.gat.config.PolicyConfig;
import io.gat.config.TrustConfig;
import io.gat.decide.Room;
import io.gat.fetch.HttpFetch;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SignedDocument;
import io.gat.policy.Policy;
import io.gat.policy.parse.PolicyFiles;
import io.gat.revocation.Moment;
import io.gat.server.verify.EnvoyCallJudge;
import io.gat.server.verify.TestTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Finds the policy where a configuration says it is, and tests it as it is configured. */
public final class ConfiguredPolicy {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ConfiguredPolicy() {}

  /**
   * The texts as they are now, once, as a server that starts now would take them: a bundle only
   * with a good signature and hashes, unexpired, and no older than the one that was kept.
   *
   * @throws StartException where the signers' keys cannot be read
   */
  public static PolicyFiles.WithTests read(PolicyConfig config, CryptoProvider crypto)
      throws StartException {
    try (PolicySource source = source(config, crypto, Moment.Source.system())) {
      return source.read();
    }
  }

  /** Decides the calls of policy tests as a server with this configuration does. */
  public static EnvoyCallJudge judge(AuthzConfig config, CryptoProvider crypto) {
    return new EnvoyCallJudge(
        crypto,
        new TestTerms(
            config.trust().stream().map(TrustConfig::terms).toList(),
            config.leeway(),
            config.maxTokenLifetime(),
            config.service(),
            config.freshness().terms(),
            GatServer.upstream(config.upstream()),
            GatServer.budget(config.upstream())));
  }

  /** Which calls have room for what a service is told, with this configuration. */
  public static Room room(AuthzConfig config) {
    return new Passage(GatServer.upstream(config.upstream()), GatServer.budget(config.upstream()))
        ::fits;
  }

  /**
   * Where the policy comes from, for a server.
   *
   * @throws StartException where the signers' keys cannot be read
   */
  static PolicySource source(PolicyConfig config, CryptoProvider crypto, Moment.Source clock)
      throws StartException {
    return switch (config) {
      case PolicyConfig.Files files -> PolicySource.files(files.path());
      case PolicyConfig.Bundle bundle -> {
        try {
          KeySet signers =
              new KeySet(SignedDocument.publicKeys(bundle.key()), clock.now().wall(), Instant.MAX);
          yield new BundleSource(
              bundle.name(),
              new BundleSource.Http(new HttpFetch(bundle.url(), PATIENCE, BundleReader.MAX_BYTES)),
              new BundleReader(
                  new SignedDocument(BundleReader.TYPE, signers, crypto), bundle.set()),
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
