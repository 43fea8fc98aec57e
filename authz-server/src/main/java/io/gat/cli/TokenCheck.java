package io.gat.cli;

import io.gat.config.AuthzConfig;
import io.gat.config.GatConfig;
import io.gat.config.TrustConfig;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import io.gat.keys.CryptoProvider;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.Verification;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

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
            token.compact(),
            Place.AUTHORIZATION,
            new IssuerKeys(config, authz, clock).of(claimedIssuer(token)),
            clock.instant());
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
}
