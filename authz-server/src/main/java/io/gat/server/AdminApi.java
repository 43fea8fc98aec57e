package io.gat.server;

import io.gat.admin.AdminCalls;
import io.gat.admin.AdminOperation;
import io.gat.admin.ExplainRequest;
import io.gat.admin.OpenOperation;
import io.gat.admin.OperatorAudit;
import io.gat.admin.OperatorGate;
import io.gat.config.Addresses;
import io.gat.config.AdminConfig;
import io.gat.decide.KeyRefresher;
import io.gat.http.AdminRoutes;
import io.gat.http.CallerCheck;
import io.gat.http.OpenApiRoute;
import io.gat.keys.CryptoProvider;
import io.gat.keys.TrustedKeys;
import io.gat.revocation.Moment;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Puts the admin API of a process together, whatever its roles. */
final class AdminApi {
  private static final Logger LOG = System.getLogger(AdminApi.class.getName());
  private static final Duration SILENCE = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final OperatorGate gate;
  private final OperatorAudit audit;
  private final AdminCalls counted;

  /** An API for whom the gate lets in. */
  AdminApi(OperatorGate gate, OperatorAudit audit, AdminCalls counted) {
    this.gate = gate;
    this.audit = audit;
    this.counted = counted;
  }

  /** How operators' gats are verified, whoever issues them. */
  record Verification(
      Duration leeway,
      Duration maxLifetime,
      CryptoProvider crypto,
      KeyRefresher keys,
      Moment.Source clock) {

    /**
     * A gate for the gats of one issuer, each for this API alone.
     *
     * @param evidence that issuer's keys and revocations, as they are now
     */
    OperatorGate gate(TrustedIssuer terms, Supplier<OperatorGate.Evidence> evidence) {
      TrustedIssuer forOne =
          new TrustedIssuer(
              terms.issuer(),
              terms.algorithms(),
              terms.types(),
              terms.required(),
              terms.claimNames(),
              TrustedIssuer.Audiences.ONE);
      return new OperatorGate(
          new JoseTokenVerifier(List.of(forOne), leeway, maxLifetime, crypto),
          evidence,
          keys,
          clock);
    }

    /** The process's own issuer knows at once what it has revoked. */
    OperatorGate gate(EmbeddedIssuer own) {
      return gate(
          own.terms(),
          () ->
              new OperatorGate.Evidence(
                  Map.of(own.url(), own.revocations()),
                  TrustedKeys.none().with(own.url(), own.keys())));
    }
  }

  /** Says that there is no API, and why. */
  static void nobodyIsOperator() {
    LOG.log(Level.INFO, "no admin API: gat.admin.issuer names nobody whose gats make an operator");
  }

  /**
   * Starts to listen.
   *
   * @throws StartException where the address cannot be had
   */
  HttpListener start(AdminConfig config, List<AdminOperation> operations, List<OpenOperation> open)
      throws StartException {
    String host = config.listen().host();
    boolean loopback = Addresses.isLoopback(host);
    if (!loopback) {
      LOG.log(
          Level.WARNING,
          "operators'' gats come to {0} as plain text: put TLS before it, or listen on loopback",
          config.listen());
    }
    return HttpListener.impatient(
        host,
        config.listen().port(),
        GRACE,
        ExplainRequest.MAX_BYTES,
        SILENCE,
        List.of(
            new OpenApiRoute(),
            new AdminRoutes(
                gate,
                loopback ? CallerCheck.onLoopback(host) : CallerCheck.anyHost(),
                operations,
                open,
                audit,
                counted)));
  }
}
