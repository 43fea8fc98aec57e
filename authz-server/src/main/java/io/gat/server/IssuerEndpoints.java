package io.gat.server;

import io.gat.audit.RefusalAggregate;
import io.gat.config.IssuerConfig;
import io.gat.http.IssuerOpenApiRoute;
import io.gat.http.JwksRoute;
import io.gat.http.MetadataRoute;
import io.gat.http.RevokeRoute;
import io.gat.http.TokenRoutes;
import io.gat.issue.caller.Callers;
import io.gat.issue.grant.Introspection;
import io.gat.issue.grant.OwnTokens;
import io.gat.issue.grant.ServerMetadata;
import io.gat.issue.grant.TokenEndpoint;
import io.gat.issue.grant.TokenRequests;
import io.gat.issue.ruling.Issuance;
import io.gat.revocation.Moment;
import io.gat.token.TokenVerifier;
import io.helidon.webserver.http.HttpRouting;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What anybody may ask an issuer, put together. */
final class IssuerEndpoints implements AutoCloseable {
  private final Callers callers;
  private final RefusalAggregate refusals;
  private final TokenEndpoint tokens;
  private final List<Consumer<HttpRouting.Builder>> routes;

  /**
   * Of an issuer.
   *
   * @param callers closed with this
   * @param verifier trusts the issuer's own tokens
   */
  IssuerEndpoints(
      IssuerConfig config,
      ControlPlane plane,
      Callers callers,
      Issuance issuance,
      TokenVerifier verifier,
      RevokeRoute.Revoker revoker,
      Moment.Source clock,
      TokenRequests counted) {
    this.callers = callers;
    this.refusals = new RefusalAggregate(plane.audit(), () -> clock.now().wall());
    OwnTokens own =
        new OwnTokens(
            verifier,
            config.url(),
            plane.keys()::keySet,
            () -> plane.revocations().view(clock.now()));
    this.tokens =
        new TokenEndpoint(
            config.url(), callers, issuance, own, plane.minter(), refusals, clock, counted);
    Introspection introspection = new Introspection(callers, own, config.introspection(), clock);
    ServerMetadata metadata = new ServerMetadata(config.url());
    this.routes = new ArrayList<>();
    // A proxy may or may not take the issuer's own path away before it asks here.
    for (String base : metadata.base().isEmpty() ? List.of("") : List.of("", metadata.base())) {
      routes.add(new TokenRoutes(base, tokens, introspection));
      routes.add(new RevokeRoute(base, revoker));
      routes.add(new JwksRoute(base, plane.keys()::jwks, plane.keys().jwksMaxAge()));
    }
    routes.add(new MetadataRoute(metadata.path(), metadata.json()));
    routes.add(new IssuerOpenApiRoute());
  }

  List<Consumer<HttpRouting.Builder>> routes() {
    return routes;
  }

  /** The endpoint itself, for whoever asks by another protocol. */
  TokenEndpoint tokens() {
    return tokens;
  }

  @Override
  public void close() {
    callers.close();
    refusals.close();
  }
}
