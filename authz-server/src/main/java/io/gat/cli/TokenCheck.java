package io.gat.cli;

import io.gat.config.AuthzConfig;
import io.gat.config.GatConfig;
import io.gat.config.IssuerConfig;
import io.gat.config.KeysConfig;
import io.gat.config.TrustConfig;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.CryptoProvider;
import io.gat.keys.JwksFileSource;
import io.gat.keys.JwksUrlSource;
import io.gat.keys.KeySet;
import io.gat.keys.KeySource;
import io.gat.keys.KeySourceException;
import io.gat.keys.SecretFileSource;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.Verification;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Verifies one token as the authz role of a configuration would, without running it. */
final class TokenCheck {
  private final GatConfig config;
  private final AuthzConfig authz;
  private final CryptoProvider crypto = CryptoProvider.jdk();
  private final InstantSource clock;

  /**
   * A check.
   *
   * @throws UnusableInput where the configuration trusts nobody
   */
  TokenCheck(GatConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    this.authz =
        config
            .authz()
            .orElseThrow(
                () ->
                    new UnusableInput(
                        config.file()
                            + ": gat.roles: this process trusts no issuer; name a configuration"
                            + " with the role `authz`"));
  }

  /** The reason for which it is refused; empty where it is valid by itself. */
  Optional<String> reason(TokenInput token) {
    JoseTokenVerifier verifier =
        new JoseTokenVerifier(
            authz.trust().stream().map(TrustConfig::terms).toList(),
            authz.leeway(),
            authz.maxTokenLifetime(),
            crypto);
    Verification outcome =
        verifier.verify(
            token.compact(), Place.AUTHORIZATION, keys(claimedIssuer(token)), clock.instant());
    return switch (outcome) {
      case Verification.Verified valid -> Optional.empty();
      case Verification.Rejected rejected ->
          Optional.of(rejected.flaw().name().toLowerCase(Locale.ROOT));
      case Verification.KeysUnavailable none -> Optional.of("keys_unavailable");
    };
  }

  /** Only says whose keys to load: nothing is believed because of it. */
  private static String claimedIssuer(TokenInput token) {
    try {
      return StrictJson.object(token.claims()).get("iss") instanceof String issuer ? issuer : "";
    } catch (MalformedJsonException e) {
      return "";
    }
  }

  private TrustedKeys keys(String issuer) {
    for (TrustConfig trust : authz.trust()) {
      if (trust.terms().issuer().equals(issuer)) {
        try {
          KeySet keys = keys(trust.keys());
          return keys == null ? TrustedKeys.none() : TrustedKeys.none().with(issuer, keys);
        } catch (KeySourceException e) {
          throw new UnusableInput(String.valueOf(e.getMessage()));
        }
      }
    }
    return TrustedKeys.none();
  }

  private @Nullable KeySet keys(KeysConfig origin) {
    return switch (origin) {
      case KeysConfig.File file -> loaded(new JwksFileSource(file.path(), clock));
      case KeysConfig.Url url ->
          loaded(new JwksUrlSource(url.url(), JwksUrlSource.Timing.standard(), clock));
      case KeysConfig.SecretFile secret -> loaded(new SecretFileSource(secret.path(), clock));
      case KeysConfig.Feed feed -> own();
    };
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
    IssuerConfig issuer = IssuerFiles.issuer(config);
    SigningKey key = SigningKey.load(IssuerFiles.signingKey(issuer), crypto);
    return new KeySet(List.of(key.verificationKey()), clock.instant(), Instant.MAX);
  }
}
