package io.gat.server;

import io.gat.config.IssuerConfig;
import io.gat.http.JwksRoute;
import io.gat.http.RevokeRoute;
import io.gat.issue.EmbeddedFeed;
import io.gat.issue.RevocationRegistry;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.revocation.FeedView;
import io.gat.revocation.Moment;
import io.gat.revocation.Revocation;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.Place;
import io.gat.token.SignedToken;
import io.gat.token.TrustedIssuer;
import io.gat.token.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The small issuer: a local key, its JWKS, and revocations that are held in memory. The control
 * plane's issuer will stand in its place; what it gives to the authz role, a key set and {@link
 * FeedView}s, stays.
 */
final class EmbeddedIssuer implements AutoCloseable {
  private static final Duration JWKS_MAX_AGE = Duration.ofMinutes(5);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final String url;
  private final TrustedIssuer terms;
  private final RevocationRegistry registry;
  private final JoseTokenVerifier verifier;
  private final KeySet keys;
  private final Moment.Source clock;
  private final HttpListener http;

  private EmbeddedIssuer(
      IssuerConfig config,
      SigningKey key,
      CryptoProvider crypto,
      Duration leeway,
      Moment.Source clock)
      throws StartException {
    this.url = config.url();
    this.clock = clock;
    this.terms = ownTerms(url, key.algorithm());
    this.registry = new RevocationRegistry(leeway);
    this.keys = new KeySet(List.of(key.verificationKey()), clock.now().wall(), Instant.MAX);
    this.verifier = new JoseTokenVerifier(List.of(terms), leeway, Duration.ofHours(24), crypto);
    this.http =
        HttpListener.start(
            config.listen().host(),
            config.listen().port(),
            GRACE,
            List.of(new JwksRoute(key::publicJwks, JWKS_MAX_AGE), new RevokeRoute(this::revoke)));
  }

  /**
   * Starts.
   *
   * @throws StartException where the key cannot be used or the address cannot be had
   */
  static EmbeddedIssuer start(
      IssuerConfig config, CryptoProvider crypto, Duration leeway, Moment.Source clock)
      throws StartException {
    try {
      SigningKey key =
          SigningKey.loadOrCreate(
              config.data().resolve("signing-key.json"), Algorithm.ES256, crypto);
      return new EmbeddedIssuer(config, key, crypto, leeway, clock);
    } catch (KeySourceException e) {
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  private static TrustedIssuer ownTerms(String url, Algorithm algorithm) {
    return new TrustedIssuer(
        url,
        Set.of(algorithm),
        Set.of("at+jwt"),
        List.of("sub", "jti", "client_id", "scope"),
        Map.of(),
        TrustedIssuer.Audiences.SEVERAL);
  }

  String url() {
    return url;
  }

  /** The keys that verify its tokens. */
  KeySet keys() {
    return keys;
  }

  /** What a token of it must be like. */
  TrustedIssuer terms() {
    return terms;
  }

  /** All that it has revoked up to now. */
  FeedView revocations() {
    return registry.view(clock.now());
  }

  /** A started feed of its revocations to the authz role of this process. */
  EmbeddedFeed feed(Duration maxStaleness, Consumer<FeedView> listener) {
    EmbeddedFeed feed =
        new EmbeddedFeed(
            registry, maxStaleness, clock, EmbeddedFeed.Timer.ownThread("gat-feed"), listener);
    feed.start();
    return feed;
  }

  /** The holder of a valid token revokes it; anything else is nobody's business. */
  private void revoke(String compact) {
    Instant now = clock.now().wall();
    TrustedKeys trusted = TrustedKeys.none().with(url, keys);
    if (verifier.verify(compact, Place.AUTHORIZATION, trusted, now)
        instanceof Verification.Verified verified) {
      SignedToken token = verified.token().token();
      registry.revoke(
          new Revocation(
              new Revocation.Selector.ByTokenId(token.tokenId()),
              url,
              now,
              Revocation.Reach.ISSUED_BEFORE));
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
