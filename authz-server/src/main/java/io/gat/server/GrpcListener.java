package io.gat.server;

import io.grpc.BindableService;
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
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** Serves gRPC, with reflection, over TCP or a Unix socket. */
final class GrpcListener implements AutoCloseable {
  private static final int MAX_HEADER_LIST = 256 * 1024;
  private static final int MAX_STREAMS = 4_096;

  /**
   * Far more than Envoy sends (headers up to 96 KiB, and a body where it is configured to): Helidon
   * leaves the caller of a larger message without an answer.
   */
  private static final int MAX_MESSAGE = 16 * 1024 * 1024;

  /**
   * Calls that the caller gave up, in 10 s. Envoy does so with each check that takes too long, and
   * past this number Helidon closes the connection with all other checks on it; its default is 50.
   */
  private static final int MAX_RESETS = 100_000;

  private final WebServer server;
  private final SocketAddress address;

  private GrpcListener(WebServer server, SocketAddress address) {
    this.server = server;
    this.address = address;
  }

  /**
   * Starts on TCP.
   *
   * @param port 0 takes a free one
   * @throws StartException where the address cannot be had
   */
  static GrpcListener tcp(String host, int port, Duration grace, List<BindableService> services)
      throws StartException {
    WebServer server =
        Listening.start(
            builder(grace, services),
            new InetSocketAddress(host, port),
            "tcp://" + host + ":" + port);
    InetSocketAddress bound = new InetSocketAddress(host, server.port());
    boolean any = bound.getAddress() == null || bound.getAddress().isAnyLocalAddress();
    return new GrpcListener(
        server,
        any ? new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()) : bound);
  }

  /**
   * Starts on a Unix socket, which the owner and the group may use. A file that nobody answers on
   * is taken for the remains of an earlier run.
   *
   * @throws StartException where the address cannot be had
   */
  static GrpcListener unix(Path path, Duration grace, List<BindableService> services)
      throws StartException {
    removeRemains(path);
    SocketAddress address = UnixDomainSocketAddress.of(path);
    GrpcListener listener =
        new GrpcListener(
            Listening.start(builder(grace, services).useNio(true), address, "unix://" + path),
            address);
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    } catch (IOException | UnsupportedOperationException e) {
      listener.close();
      throw new StartException(
          "unix://" + path + ": the permissions of the socket cannot be set; use another folder");
    }
    return listener;
  }

  private static WebServerConfig.Builder builder(Duration grace, List<BindableService> services) {
    GatheredWrites writes = new GatheredWrites();
    GrpcRouting.Builder routing = GrpcRouting.builder().intercept(new CallGuard(writes));
    services.forEach(routing::service);
    Reflection reflection = new Reflection(services);
    routing.service(reflection).service(reflection.forOlderTools());
    return WebServerConfig.builder()
        .shutdownHook(false)
        .shutdownGracePeriod(grace)
        .connectionOptions(options -> options.tcpNoDelay(true))
        .maxPayloadSize(MAX_MESSAGE)
        .protocolsDiscoverServices(false)
        .addConnectionSelector(writes.below(http2()))
        .addRouting(routing);
  }

  private static Http2ConnectionSelector http2() {
    GrpcConfig grpc = GrpcConfig.builder().maxReadBufferSize(MAX_MESSAGE).build();
    return Http2ConnectionSelector.builder()
        .http2Config(
            Http2Config.builder()
                .initialWindowSize(GatheredWrites.WINDOW)
                .maxHeaderListSize(MAX_HEADER_LIST)
                .maxConcurrentStreams(MAX_STREAMS)
                .maxRapidResets(MAX_RESETS)
                .build())
        .addSubProtocolSelector(GrpcProtocolSelector.create(grpc))
        .build();
  }

  private static void removeRemains(Path path) throws StartException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSpecial(path)) { // connecting to a plain file is refused just like to a dead socket
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

  private static boolean isSpecial(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther();
    } catch (IOException e) {
      return false;
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

  /** Takes no new calls, finishes those in flight within the grace period. */
  @Override
  public void close() {
    server.stop();
  }
}
