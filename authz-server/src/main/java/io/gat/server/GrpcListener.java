package io.gat.server;

import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.grpc.BindableService;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.grpc.GrpcProtocolSelector;
import io.helidon.webserver.grpc.GrpcRouting;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Serves gRPC, with reflection, over TCP or a Unix socket. */
final class GrpcListener implements AutoCloseable {
  private static final String CHECK = AuthorizationGrpc.getCheckMethod().getFullMethodName();

  /**
   * Far more than Envoy sends (headers up to 96 KiB, and a body where it is configured to): Helidon
   * leaves the caller of a larger message without an answer.
   */
  private static final int MAX_MESSAGE = 16 * 1024 * 1024;

  /** Of a file's mode, the bits of its type (POSIX, {@code S_IFMT}), and a socket's. */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private final WebServer server;
  private final SocketAddress address;
  private final GuardedConnections connections;

  private GrpcListener(WebServer server, SocketAddress address, GuardedConnections connections) {
    this.server = server;
    this.address = address;
    this.connections = connections;
  }

  /**
   * What is served, and on which terms.
   *
   * @param grace how long calls in flight may take after the end
   * @param tls what connections are secured with; empty for none
   */
  record Serving(
      List<BindableService> services,
      Duration grace,
      Overload overload,
      ConnectionLimits limits,
      Optional<Tls> tls) {
    Serving {
      services = List.copyOf(services);
    }

    /** Without overload control and TLS. */
    static Serving plain(Duration grace, List<BindableService> services) {
      return new Serving(
          services, grace, Overload.none(), ConnectionLimits.standard(), Optional.empty());
    }
  }

  /**
   * Starts on TCP.
   *
   * @param port 0 takes a free one
   * @throws StartException where the address cannot be had
   */
  static GrpcListener tcp(String host, int port, Serving serving) throws StartException {
    GatheredWrites writes = new GatheredWrites();
    GuardedConnections connections = connections(writes, serving);
    WebServer server =
        Listening.start(
            builder(writes, connections, serving),
            new InetSocketAddress(host, port),
            "tcp://" + host + ":" + port);
    InetSocketAddress bound = new InetSocketAddress(host, server.port());
    boolean any = bound.getAddress() == null || bound.getAddress().isAnyLocalAddress();
    return new GrpcListener(
        server,
        any ? new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()) : bound,
        connections);
  }

  /**
   * Starts on a Unix socket. A file that nobody answers on is taken for the remains of an earlier
   * run.
   *
   * @param mode who may use the socket
   * @throws StartException where the address cannot be had
   */
  static GrpcListener unix(Path path, Set<PosixFilePermission> mode, Serving serving)
      throws StartException {
    removeRemains(path);
    SocketAddress address = UnixDomainSocketAddress.of(path);
    GatheredWrites writes = new GatheredWrites();
    GuardedConnections connections = connections(writes, serving);
    GrpcListener listener =
        new GrpcListener(
            Listening.start(
                builder(writes, connections, serving).useNio(true), address, "unix://" + path),
            address,
            connections);
    try {
      Files.setPosixFilePermissions(path, mode);
    } catch (IOException | UnsupportedOperationException e) {
      listener.close();
      throw new StartException(
          "unix://" + path + ": the permissions of the socket cannot be set; use another folder");
    }
    return listener;
  }

  private static GuardedConnections connections(GatheredWrites writes, Serving serving) {
    return new GuardedConnections(
        http2(serving.limits()), writes, serving.overload(), serving.limits());
  }

  private static WebServerConfig.Builder builder(
      GatheredWrites writes, GuardedConnections connections, Serving serving) {
    GrpcRouting.Builder routing =
        GrpcRouting.builder().intercept(new CallGuard(writes, serving.overload().slots(), CHECK));
    serving.services().forEach(routing::service);
    Reflection reflection = new Reflection(serving.services());
    routing.service(reflection).service(reflection.forOlderTools());
    WebServerConfig.Builder builder =
        WebServerConfig.builder()
            .shutdownHook(false)
            .shutdownGracePeriod(serving.grace())
            .connectionOptions(options -> options.tcpNoDelay(true))
            .maxPayloadSize(MAX_MESSAGE)
            .maxTcpConnections(serving.limits().connections())
            .idleConnectionTimeout(serving.limits().idle())
            .idleConnectionPeriod(ConnectionLimits.LOOK)
            .protocolsDiscoverServices(false)
            .addConnectionSelector(connections)
            .addRouting(routing);
    serving.tls().ifPresent(builder::tls);
    return builder;
  }

  /** HTTP/2 with gRPC in it. */
  static Http2ConnectionSelector http2(ConnectionLimits limits) {
    GrpcConfig grpc = GrpcConfig.builder().maxReadBufferSize(MAX_MESSAGE).build();
    return Http2ConnectionSelector.builder()
        .http2Config(
            Http2Config.builder()
                .initialWindowSize(GatheredWrites.WINDOW)
                .maxHeaderListSize(ConnectionLimits.MAX_HEADER_LIST)
                .maxConcurrentStreams(limits.streams())
                .maxRapidResets(ConnectionLimits.MAX_RESETS)
                .build())
        .addSubProtocolSelector(GrpcProtocolSelector.create(grpc))
        .build();
  }

  private static void removeRemains(Path path) throws StartException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSocket(path)) { // connecting to another file is refused just like to a dead socket
      throw new StartException(
          "unix://" + path + ": a file that is not a socket; remove it or use another path");
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      throw new StartException(
          "unix://" + path + ": another program answers there; stop it or use another path");
    } catch (ConnectException e) {
      delete(path);
    } catch (IOException e) {
      throw new StartException("unix://" + path + ": " + e.getMessage());
    }
  }

  private static boolean isSocket(Path path) {
    try {
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & FILE_TYPE) == SOCKET;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false; // nothing is removed that may be something else
    }
  }

  private static void delete(Path path) throws StartException {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new StartException(
          "unix://" + path + ": an old socket cannot be removed; check the folder's permissions");
    }
  }

  /** Where this machine can call it. */
  SocketAddress address() {
    return address;
  }

  /** How many connections are open. */
  int connections() {
    return connections.size();
  }

  /**
   * Takes no new connections, tells the peers of the others to open no more calls, finishes those
   * in flight within the grace period, and ends each connection once it is quiet.
   */
  @Override
  public void close() {
    connections.stop(server);
  }
}
