package io.gat.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Where a browser comes back to after a sign-in (RFC 8252, section 7.3): a port of this machine's
 * own address, open until the one answer has come.
 */
final class LoopbackRedirect implements AutoCloseable {
  private static final String PATH = "/signed-in";
  private static final int LONGEST_QUERY = 16 * 1024;

  private final HttpServer server;
  private final String state;
  private final CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();

  /**
   * Opens a port.
   *
   * @param state what the provider must give back (RFC 6749, section 10.12)
   * @throws UnusableInput where none can be had
   */
  LoopbackRedirect(String state) {
    this.state = state;
    try {
      server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 8);
    } catch (IOException e) {
      throw new UnusableInput("no port of 127.0.0.1 can be had for the browser's answer");
    }
    server.createContext("/", this::handle);
    server.start();
  }

  /** The {@code redirect_uri}. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
  }

  /**
   * Waits for the browser.
   *
   * @return the parameters that came with our state
   * @throws UnusableInput where nothing comes in time
   */
  Map<String, String> await(Duration patience) {
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new UnusableInput(
          "nobody has signed in within " + patience.toMinutes() + " minutes; try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnusableInput("interrupted");
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI uri = exchange.getRequestURI();
      Map<String, String> parameters = parameters(uri.getRawQuery());
      boolean ours =
          uri.getPath().equals(PATH)
              && exchange.getRequestMethod().equals("GET")
              && MessageDigest.isEqual(bytes(state), bytes(parameters.getOrDefault("state", "")));
      byte[] page =
          bytes(
              ours
                  ? "This was the browser's part. Go on in the terminal.\n"
                  : "This is not the sign-in that gat waits for.\n");
      exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
      exchange.getResponseHeaders().set("cache-control", "no-store");
      exchange.getResponseHeaders().set("referrer-policy", "no-referrer");
      exchange.sendResponseHeaders(ours ? 200 : 404, page.length);
      exchange.getResponseBody().write(page);
      if (ours) {
        answer.complete(parameters);
      }
    }
  }

  /** Each at most once; what is given twice is as if it were not there. */
  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    if (query == null || query.length() > LONGEST_QUERY) {
      return parameters;
    }
    try {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          String name = decoded(pair.substring(0, equals));
          String value = decoded(pair.substring(equals + 1));
          parameters.merge(name, value, (a, b) -> "");
        }
      }
    } catch (IllegalArgumentException e) {
      parameters.clear();
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(1);
  }
}
