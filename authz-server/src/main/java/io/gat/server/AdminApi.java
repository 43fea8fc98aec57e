package io.gat.server;

import io.gat.admin.ExplainRequest;
import io.gat.admin.LiveExplainer;
import io.gat.admin.OperatorGate;
import io.gat.config.Addresses;
import io.gat.config.AdminConfig;
import io.gat.config.AuthzConfig;
import io.gat.config.TrustConfig;
import io.gat.decide.Inquirer;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Room;
import io.gat.decide.Snapshot;
import io.gat.decide.explain.Terms;
import io.gat.http.AdminRoutes;
import io.gat.http.CallerCheck;
import io.gat.keys.CryptoProvider;
import io.gat.keys.TrustedKeys;
import io.gat.revocation.Moment;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts the admin API of an authz server together. */
final class AdminApi {
  private static final Logger LOG = System.getLogger(AdminApi.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final AuthzConfig authz;
  private final LiveSnapshot live;
  private final TokenVerifier verifier;
  private final KeyRefresher keys;
  private final CryptoProvider crypto;
  private final Moment.Source clock;
  private final Room room;

  /** The parts of the authz role that the API looks into. */
  AdminApi(
      AuthzConfig authz,
      LiveSnapshot live,
      TokenVerifier verifier,
      KeyRefresher keys,
      CryptoProvider crypto,
      Moment.Source clock,
      Room room) {
    this.authz = authz;
    this.live = live;
    this.verifier = verifier;
    this.keys = keys;
    this.crypto = crypto;
    this.clock = clock;
    this.room = room;
  }

  /**
   * Starts to listen, where somebody could be an operator.
   *
   * @param own this process's issuer
   * @throws StartException where the address cannot be had
   */
  Optional<HttpListener> start(AdminConfig config, Optional<EmbeddedIssuer> own)
      throws StartException {
    if (config.issuer().isEmpty()) {
      LOG.log(
          Level.INFO, "no admin API: gat.admin.issuer names nobody whose gats make an operator");
      return Optional.empty();
    }
    String host = config.listen().host();
    boolean loopback = Addresses.isLoopback(host);
    if (!loopback) {
      LOG.log(
          Level.WARNING,
          "operators'' gats come to {0} as plain text: put TLS before it, or listen on loopback",
          config.listen());
    }
    return Optional.of(
        HttpListener.start(
            host,
            config.listen().port(),
            GRACE,
            ExplainRequest.MAX_BYTES,
            List.of(
                new AdminRoutes(
                    own.map(this::gate).orElseGet(() -> gate(config.issuer().get())),
                    loopback ? CallerCheck.onLoopback(host) : CallerCheck.anyHost(),
                    explainer()))));
  }

  /** The process's own issuer knows at once what it has revoked. */
  private OperatorGate gate(EmbeddedIssuer issuer) {
    return gate(
        issuer.terms(),
        () ->
            new OperatorGate.Evidence(
                Map.of(issuer.url(), issuer.revocations()),
                TrustedKeys.none().with(issuer.url(), issuer.keys())));
  }

  private OperatorGate gate(String issuer) {
    return gate(
        authz.trust().stream()
            .map(TrustConfig::terms)
            .filter(terms -> terms.issuer().equals(issuer))
            .findFirst()
            .orElseThrow(),
        () -> {
          Snapshot now = live.current();
          return new OperatorGate.Evidence(now.feeds(), now.keys());
        });
  }

  private OperatorGate gate(TrustedIssuer terms, Supplier<OperatorGate.Evidence> evidence) {
    TrustedIssuer forOne =
        new TrustedIssuer(
            terms.issuer(),
            terms.algorithms(),
            terms.types(),
            terms.required(),
            terms.claimNames(),
            TrustedIssuer.Audiences.ONE);
    return new OperatorGate(
        new JoseTokenVerifier(List.of(forOne), authz.leeway(), authz.maxTokenLifetime(), crypto),
        evidence,
        keys,
        clock);
  }

  private LiveExplainer explainer() {
    return new LiveExplainer(
        live,
        new Inquirer(
            live, verifier, keys, clock, authz.service(), authz.freshness().whenStale(), room),
        new Terms(
            authz.trust().stream().map(TrustConfig::terms).toList(),
            authz.leeway(),
            authz.maxTokenLifetime(),
            Terms.Signature.VERIFIED,
            Terms.Revocations.FEEDS));
  }
}
