package io.gat.server;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Serves HTTP routes on one address. */
final class HttpListener implements AutoCloseable {
  /** Twice the longest token. */
  private static final int MAX_BODY = 16 * 1024;

  /** A caller's body, where a proxy is configured to send it too: it is thrown away. */
  private static final int MAX_UNREAD_BODY = 16 * 1024 * 1024;

  /** More than proxies take themselves: what is too large is gat's to refuse, with a reason. */
  private static final int MAX_HEADERS = 256 * 1024;

  private static final int MAX_TARGET = 64 * 1024;

  private final WebServer server;

  private HttpListener(WebServer server) {
    this.server = server;
  }

  /**
   * Starts.
   *
   * @param port 0 takes a free one
   * @param routes each adds its paths; all others are 404
   * @throws StartException where the address cannot be had
   */
  static HttpListener start(
      String host, int port, Duration grace, List<Consumer<HttpRouting.Builder>> routes)
      throws StartException {
    return start(host, port, grace, MAX_BODY, routes);
  }

  /**
   * Starts.
   *
   * @param maxBody the longest body taken, in bytes; beyond, the answer is 413
   */
  static HttpListener start(
      String host,
      int port,
      Duration grace,
      int maxBody,
      List<Consumer<HttpRouting.Builder>> routes)
      throws StartException {
    return start(host, port, builder(grace, routes).maxPayloadSize(maxBody));
  }

  /**
   * Starts a listener that ends connections on which nothing comes for a while.
   *
   * @param maxBody the longest body taken, in bytes; beyond, the answer is 413
   * @param silence how long a connection may say nothing, also between two requests
   */
  static HttpListener impatient(
      String host,
      int port,
      Duration grace,
      int maxBody,
      Duration silence,
      List<Consumer<HttpRouting.Builder>> routes)
      throws StartException {
    return start(
        host,
        port,
        builder(grace, routes)
            .maxPayloadSize(maxBody)
            .connectionOptions(options -> options.tcpNoDelay(true).readTimeout(silence)));
  }

  /**
   * Starts a listener for proxies, which repeat what their callers sent: whatever it is, the route
   * sees it as it came.
   *
   * @param port 0 takes a free one
   * @throws StartException where the address cannot be had
   */
  static HttpListener forProxies(
      String host, int port, Duration grace, Consumer<HttpRouting.Builder> route)
      throws StartException {
    return start(
        host,
        port,
        builder(grace, List.of(route))
            .maxPayloadSize(MAX_UNREAD_BODY)
            .protocolsDiscoverServices(false)
            .addProtocol(
                Http1Config.builder()
                    .maxPrologueLength(MAX_TARGET)
                    .maxHeadersSize(MAX_HEADERS)
                    .validatePath(false)
                    .validatePrologue(false)
                    .validateRequestHeaders(false)
                    .build()));
  }

  private static WebServerConfig.Builder builder(
      Duration grace, List<Consumer<HttpRouting.Builder>> routes) {
    HttpRouting.Builder routing = HttpRouting.builder();
    routes.forEach(r -> r.accept(routing));
    return WebServerConfig.builder()
        .shutdownHook(false)
        .shutdownGracePeriod(grace)
        .connectionOptions(options -> options.tcpNoDelay(true))
        .directHandlers(JsonErrors.everywhere())
        .routing(routing);
  }

  private static HttpListener start(String host, int port, WebServerConfig.Builder builder)
      throws StartException {
    return new HttpListener(
        Listening.start(builder, new InetSocketAddress(host, port), "http://" + host + ":" + port));
  }

  /** The port in use. */
  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }
}
