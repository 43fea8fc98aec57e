package io.gat.cli;

import io.gat.config.AuthzConfig;
import io.gat.config.GatConfig;
import io.gat.config.KeysConfig;
import io.gat.config.TrustConfig;
import io.gat.keys.KeySet;
import io.gat.keys.KeySource;
import io.gat.keys.KeySourceException;
import io.gat.keys.TrustedKeys;
import io.gat.keys.life.BorrowedKey;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import io.gat.server.ConfiguredKeys;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The keys of trusted issuers, loaded once from where a configuration says they are. */
final class IssuerKeys {
  private final GatConfig config;
  private final AuthzConfig authz;
  private final InstantSource clock;

  IssuerKeys(GatConfig config, AuthzConfig authz, InstantSource clock) {
    this.config = config;
    this.authz = authz;
    this.clock = clock;
  }

  /**
   * The keys of one trusted issuer; none for any other, and where they cannot be fetched.
   *
   * @throws UnusableInput where they can never be had as configured
   */
  TrustedKeys of(String issuer) {
    for (TrustConfig trust : authz.trust()) {
      if (trust.terms().issuer().equals(issuer)) {
        try {
          KeySet keys = keys(issuer, trust.keys());
          return keys == null ? TrustedKeys.none() : TrustedKeys.none().with(issuer, keys);
        } catch (KeySourceException e) {
          throw new UnusableInput(String.valueOf(e.getMessage()));
        }
      }
    }
    return TrustedKeys.none();
  }

  /** Null where they cannot be fetched now. */
  private @Nullable KeySet keys(String issuer, KeysConfig origin) {
    Optional<KeySource> source = ConfiguredKeys.source(origin, clock);
    if (source.isEmpty() && !config.issuer().filter(i -> i.url().equals(issuer)).isPresent()) {
      throw new UnusableInput(
          "the keys of "
              + issuer
              + " come by a feed, which only a running server has: ask one with --server, or give"
              + " a configuration with the keys as {file: …} or {url: …}");
    }
    return source.isPresent() ? loaded(source.get()) : own();
  }

  private static @Nullable KeySet loaded(KeySource source) {
    AtomicReference<@Nullable KeySet> keys = new AtomicReference<>();
    try (source) {
      source.start(keys::set);
    }
    return keys.get();
  }

  /** The issuer of the same configuration: its key is here. */
  private KeySet own() {
    try (LogReader log = EmbeddedLog.openReadOnly(IssuerFiles.issuer(config).data())) {
      return BorrowedKey.published(log, clock.instant());
    } catch (LogException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }
}
