package io.gat.server;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Serves HTTP routes on one address. */
final class HttpListener implements AutoCloseable {
  /** Twice the longest token. */
  private static final int MAX_BODY = 16 * 1024;

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
    HttpRouting.Builder routing = HttpRouting.builder();
    routes.forEach(r -> r.accept(routing));
    return new HttpListener(
        Listening.start(
            WebServerConfig.builder()
                .shutdownHook(false)
                .shutdownGracePeriod(grace)
                .connectionOptions(options -> options.tcpNoDelay(true))
                .maxPayloadSize(maxBody)
                .directHandlers(JsonErrors.everywhere())
                .routing(routing),
            new InetSocketAddress(host, port),
            "http://" + host + ":" + port));
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
