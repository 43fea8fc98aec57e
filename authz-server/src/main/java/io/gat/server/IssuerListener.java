package io.gat.server;

import io.gat.issue.grant.FormParameters;
import io.grpc.BindableService;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.grpc.GrpcRouting;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The port that anybody may ask: HTTP/1.1 and HTTP/2 for routes, and gRPC on the same HTTP/2
 * connections, which are guarded as those of the other gRPC listeners are.
 */
final class IssuerListener implements AutoCloseable {
  /** How long a connection may say nothing, also between two requests. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** A caller has one connection or a few; beyond, callers wait to be accepted. */
  private static final ConnectionLimits LIMITS =
      new ConnectionLimits(4_096, 256, Duration.ofMinutes(5), Duration.ofSeconds(10));

  /** None of its methods needs a slot: the endpoint has places of its own. */
  private static final String NO_METHOD = "";

  private final WebServer server;
  private final GuardedConnections connections;

  private IssuerListener(WebServer server, GuardedConnections connections) {
    this.server = server;
    this.connections = connections;
  }

  /**
   * Starts.
   *
   * @param port 0 takes a free one
   * @param grace how long requests in flight may take after the end
   * @param routes each adds its paths; all others are 404
   * @param tls what connections are secured with; empty for none
   * @throws StartException where the address cannot be had
   */
  static IssuerListener start(
      String host,
      int port,
      Duration grace,
      List<Consumer<HttpRouting.Builder>> routes,
      List<BindableService> services,
      Optional<Tls> tls)
      throws StartException {
    GatheredWrites writes = new GatheredWrites();
    Overload overload = Overload.none();
    GuardedConnections connections =
        new GuardedConnections(GrpcListener.http2(LIMITS), writes, overload, LIMITS);
    HttpRouting.Builder http = HttpRouting.builder();
    routes.forEach(route -> route.accept(http));
    GrpcRouting.Builder grpc =
        GrpcRouting.builder().intercept(new CallGuard(writes, overload.slots(), NO_METHOD));
    services.forEach(grpc::service);
    Reflection reflection = new Reflection(services);
    grpc.service(reflection).service(reflection.forOlderTools());
    WebServerConfig.Builder builder =
        WebServerConfig.builder()
            .shutdownHook(false)
            .shutdownGracePeriod(grace)
            .connectionOptions(options -> options.tcpNoDelay(true).readTimeout(SILENCE))
            .directHandlers(JsonErrors.everywhere())
            .maxPayloadSize(FormParameters.MAX_BYTES)
            .maxTcpConnections(LIMITS.connections())
            .idleConnectionTimeout(LIMITS.idle())
            .idleConnectionPeriod(ConnectionLimits.LOOK)
            .protocolsDiscoverServices(false)
            .addProtocol(Http1Config.create())
            .addConnectionSelector(connections)
            .addRouting(grpc)
            .routing(http);
    tls.ifPresent(builder::tls);
    return new IssuerListener(
        Listening.start(builder, new InetSocketAddress(host, port), "http://" + host + ":" + port),
        connections);
  }

  /** The port in use. */
  int port() {
    return server.port();
  }

  /** Takes no new connections, and ends those that there are once they are quiet. */
  @Override
  public void close() {
    connections.stop(server);
  }
}
