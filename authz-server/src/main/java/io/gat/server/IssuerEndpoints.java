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
import io.gat.tokens.TokensService;
import io.grpc.BindableService;
import io.helidon.webserver.grpc.GrpcConnectionContext;
import io.helidon.webserver.grpc.ServerContextKeys;
import io.helidon.webserver.http.HttpRouting;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
    Introspection introspection = tokens.introspection(config.introspection());
    this.routes =
        routes(
            new ServerMetadata(config.url()),
            tokens,
            introspection,
            revoker,
            plane.keys()::jwks,
            plane.keys().jwksMaxAge());
  }

  /** All that is served over HTTP. */
  static List<Consumer<HttpRouting.Builder>> routes(
      ServerMetadata metadata,
      TokenEndpoint tokens,
      Introspection introspection,
      RevokeRoute.Revoker revoker,
      Supplier<String> jwks,
      Duration jwksMaxAge) {
    List<Consumer<HttpRouting.Builder>> routes = new ArrayList<>();
    // A proxy may or may not take the issuer's own path away before it asks here.
    for (String base : metadata.base().isEmpty() ? List.of("") : List.of("", metadata.base())) {
      routes.add(new TokenRoutes(base, tokens, introspection));
      routes.add(new RevokeRoute(base, revoker));
      routes.add(new JwksRoute(base, jwks, jwksMaxAge));
    }
    routes.add(new MetadataRoute(metadata.path(), metadata.json()));
    routes.add(new IssuerOpenApiRoute());
    return routes;
  }

  List<Consumer<HttpRouting.Builder>> routes() {
    return routes;
  }

  /** What is served over gRPC. */
  List<BindableService> services() {
    return services(tokens);
  }

  /** The same for an endpoint. */
  static List<BindableService> services(TokenEndpoint tokens) {
    return List.of(new TokensService(tokens, IssuerEndpoints::certificates));
  }

  /** Those of the connection whose gRPC call begins on this thread. */
  private static List<X509Certificate> certificates() {
    GrpcConnectionContext connection = ServerContextKeys.CONNECTION_CONTEXT.get();
    List<X509Certificate> chain = new ArrayList<>();
    if (connection != null) {
      for (Certificate one : connection.remotePeer().tlsCertificates().orElse(new Certificate[0])) {
        if (!(one instanceof X509Certificate certificate)) {
          return List.of();
        }
        chain.add(certificate);
      }
    }
    return chain;
  }

  @Override
  public void close() {
    callers.close();
    refusals.close();
  }
}
