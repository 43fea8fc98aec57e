package io.gat.server;

import io.gat.config.CallerConfig;
import io.gat.config.CallerConfig.KeyOrigin;
import io.gat.config.IssuerConfig;
import io.gat.fetch.Destinations;
import io.gat.issue.caller.ApiKeyAuthenticator;
import io.gat.issue.caller.Authenticator;
import io.gat.issue.caller.Callers;
import io.gat.issue.caller.ClientSecretAuthenticator;
import io.gat.issue.caller.FollowedKeys;
import io.gat.issue.caller.JwtSvidAuthenticator;
import io.gat.issue.caller.KubernetesAuthenticator;
import io.gat.issue.caller.OidcAuthenticator;
import io.gat.issue.caller.PrivateKeyJwtAuthenticator;
import io.gat.issue.caller.TokenReviews;
import io.gat.issue.caller.TrustBundle;
import io.gat.issue.caller.WatchedFile;
import io.gat.issue.caller.X509SvidAuthenticator;
import io.gat.keys.CryptoProvider;
import io.gat.keys.JwksUrlSource;
import io.gat.keys.KeyFile;
import io.gat.keys.KeySourceException;
import io.gat.keys.KeyUse;
import io.gat.keys.PrivateFiles;
import io.gat.keys.wrap.PemAuthorities;
import io.gat.token.AssertionTerms;
import io.gat.token.AssertionTerms.Addressing;
import io.gat.token.AssertionTerms.Evidence;
import io.gat.token.AssertionTerms.IssueTime;
import io.gat.token.AssertionVerifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** The authenticators of a configuration. */
final class ConfiguredCallers {
  /** Of a foreign token; most live for minutes, a cloud's for an hour. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private static final int MAX_TOKEN_FILE = 64 * 1024;

  /** SPIFFE JWT-SVID, section 2.3: JWT or JOSE, or none. */
  private static final Set<String> SVID_TYPES = Set.of("jwt", "jose", "none");

  private static final Set<String> JWT_TYPES = Set.of("jwt", "none");

  private final String issuer;
  private final AssertionVerifier verifier;
  private final InstantSource clock;
  private final List<Authenticator> opened = new ArrayList<>();

  private ConfiguredCallers(String issuer, CryptoProvider crypto, InstantSource clock) {
    this.issuer = issuer;
    this.verifier = new AssertionVerifier(crypto);
    this.clock = clock;
  }

  /**
   * Opens them; the caller closes what it gets.
   *
   * @throws StartException where one cannot be used as configured: a line with a remedy
   */
  static Callers open(IssuerConfig config, CryptoProvider crypto, InstantSource clock)
      throws StartException {
    ConfiguredCallers callers = new ConfiguredCallers(config.url(), crypto, clock);
    try {
      for (CallerConfig one : config.callers()) {
        callers.opened.add(callers.authenticator(one));
      }
      return new Callers(callers.opened);
    } catch (KeySourceException e) {
      callers.opened.forEach(Authenticator::close);
      throw new StartException(String.valueOf(e.getMessage()));
    }
  }

  private Authenticator authenticator(CallerConfig config) {
    return switch (config) {
      case CallerConfig.X509Svid svid -> x509Svid(svid);
      case CallerConfig.JwtSvid svid -> jwtSvid(svid);
      case CallerConfig.Kubernetes kubernetes -> kubernetes(kubernetes);
      case CallerConfig.Oidc oidc -> oidc(oidc);
      case CallerConfig.ClientSecret clients -> {
        FollowedClients file = FollowedClients.secrets(clients.clients());
        yield new ClientSecretAuthenticator(clients.name(), file::secrets, file::close);
      }
      case CallerConfig.PrivateKeyJwt clients -> {
        FollowedClients file =
            FollowedClients.keys(
                clients.clients(),
                issuer,
                origin -> signed(origin, "", KeyUse.SIGNATURE, clients.reach()));
        yield new PrivateKeyJwtAuthenticator(clients.name(), file::terms, verifier, file::close);
      }
      case CallerConfig.ApiKey keys -> {
        FollowedClients file = FollowedClients.secrets(keys.clients());
        yield new ApiKeyAuthenticator(keys.name(), file::apiKeys, file::close);
      }
    };
  }

  private static Authenticator x509Svid(CallerConfig.X509Svid config) {
    Path file = config.bundle();
    String remedy = "name the trust domain's CA certificates in PEM";
    WatchedFile<TrustBundle> bundle =
        WatchedFile.open(
            file,
            path -> PrivateFiles.readTrusted(path, TrustBundle.MAX_BYTES, remedy),
            pem -> TrustBundle.read(file, pem),
            ignored -> {});
    return new X509SvidAuthenticator(config.name(), config.trustDomain(), bundle, bundle::close);
  }

  private Authenticator jwtSvid(CallerConfig.JwtSvid config) {
    FollowedKeys keys =
        signed(config.keys(), config.trustDomain(), KeyUse.JWT_SVID, config.reach());
    return new JwtSvidAuthenticator(
        config.name(),
        config.trustDomain(),
        terms(new Evidence.SignedBy(keys), config.acceptance(), SVID_TYPES, IssueTime.OPTIONAL),
        verifier,
        keys::close);
  }

  private Authenticator oidc(CallerConfig.Oidc config) {
    FollowedKeys keys = signed(config.keys(), config.issuer(), KeyUse.SIGNATURE, config.reach());
    return new OidcAuthenticator(
        config.name(),
        config.issuer(),
        terms(new Evidence.SignedBy(keys), config.acceptance(), config.types(), IssueTime.REQUIRED),
        config.trust(),
        verifier,
        keys::close);
  }

  private Authenticator kubernetes(CallerConfig.Kubernetes config) {
    Evidence evidence;
    Runnable close;
    if (config.keys() instanceof KeyOrigin.TokenReview review) {
      TokenReviews reviews =
          new TokenReviews(
              review.url(),
              destinations(config.reach()),
              tls(config.reach()),
              config.acceptance().audience(),
              () -> bearer(review.tokenFile()),
              clock);
      evidence = new Evidence.VouchedBy(reviews);
      close = reviews::close;
    } else {
      FollowedKeys keys = signed(config.keys(), config.issuer(), KeyUse.SIGNATURE, config.reach());
      evidence = new Evidence.SignedBy(keys);
      close = keys::close;
    }
    return new KubernetesAuthenticator(
        config.name(),
        config.issuer(),
        terms(evidence, config.acceptance(), JWT_TYPES, IssueTime.REQUIRED),
        switch (config.boundPod()) {
          case REQUIRED -> KubernetesAuthenticator.BoundPod.REQUIRED;
          case OPTIONAL -> KubernetesAuthenticator.BoundPod.OPTIONAL;
        },
        verifier,
        close);
  }

  private static AssertionTerms terms(
      Evidence evidence,
      CallerConfig.Acceptance acceptance,
      Set<String> types,
      IssueTime issueTime) {
    return new AssertionTerms(
        evidence,
        acceptance.algorithms(),
        types,
        acceptance.audience(),
        switch (acceptance.audiences()) {
          case ONE -> Addressing.ONE;
          case SEVERAL -> Addressing.AMONG_OTHERS;
        },
        issueTime,
        LONGEST);
  }

  /** The keys of who signs, as they are followed from now on. */
  private FollowedKeys signed(
      KeyOrigin origin, String signer, KeyUse use, CallerConfig.Reach reach) {
    return switch (origin) {
      case KeyOrigin.File file -> FollowedKeys.near(KeyFile.jwks(file.path(), use, clock));
      case KeyOrigin.Url url -> far(url.url(), use, reach, Map::of);
      case KeyOrigin.Discovery discovery ->
          FollowedKeys.far(
              JwksUrlSource.discovered(signer, destinations(reach), tls(reach), clock));
      case KeyOrigin.ApiServer api ->
          far(
              URI.create(api.url().toString().replaceAll("/+$", "") + "/openid/v1/jwks"),
              use,
              reach,
              () ->
                  api.tokenFile()
                      .map(file -> Map.of("authorization", "Bearer " + bearer(file)))
                      .orElse(Map.of()));
      case KeyOrigin.TokenReview review ->
          throw new IllegalStateException("a TokenReview has no keys");
    };
  }

  private FollowedKeys far(
      URI url, KeyUse use, CallerConfig.Reach reach, Supplier<Map<String, String>> headers) {
    return FollowedKeys.far(
        JwksUrlSource.guarded(url, use, destinations(reach), tls(reach), headers, clock));
  }

  private static Destinations destinations(CallerConfig.Reach reach) {
    return Destinations.publicAnd(reach.allowPrivate());
  }

  private static Optional<SSLContext> tls(CallerConfig.Reach reach) {
    return reach.authorities().map(PemAuthorities::context);
  }

  /**
   * Read each time: Kubernetes replaces it about once an hour. Its volume lets all users of the pod
   * read it where they are several, and nobody change it.
   */
  private static String bearer(Path file) {
    String remedy = "name the token of gat's own ServiceAccount";
    return new String(
            PrivateFiles.readTrusted(file, MAX_TOKEN_FILE, remedy), StandardCharsets.US_ASCII)
        .strip();
  }
}
