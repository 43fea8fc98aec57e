package io.gat.keys;

import io.gat.fetch.Destinations;
import io.gat.fetch.ForbiddenDestinationException;
import io.gat.fetch.GuardedFetch;
import io.gat.fetch.HttpAnswer;
import io.gat.fetch.HttpFetch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Fetches one JWKS over HTTP. */
final class JwksHttp implements JwksUrlSource.Fetcher {
  private static final String MAX_AGE = "max-age=";
  private static final Map<String, String> HEADERS =
      Map.of("accept", "application/jwk-set+json, application/json");

  private final Get get;
  private final Runnable close;

  /** One GET, whoever does it. */
  private interface Get {
    HttpAnswer get() throws IOException, InterruptedException;
  }

  private JwksHttp(Get get, Runnable close) {
    this.get = get;
    this.close = close;
  }

  /** From a URL that the operator has written, in whatever network it is. */
  JwksHttp(URI url, Duration timeout) {
    this(new HttpFetch(url, timeout, JwksReader.MAX_BYTES));
  }

  private JwksHttp(HttpFetch fetch) {
    this(
        () -> {
          HttpResponse<byte[]> answer = fetch.get(HEADERS);
          return new HttpAnswer(answer.statusCode(), answer.headers().map(), answer.body());
        },
        fetch::close);
  }

  /** From a URL that a foreign issuer has written, where that may be fetched. */
  JwksHttp(URI url, Destinations destinations, Optional<SSLContext> tls, Duration timeout)
      throws ForbiddenDestinationException {
    this(url, destinations, tls, timeout, Map::of);
  }

  /**
   * From a URL that a foreign issuer has written, where that may be fetched.
   *
   * @param headers more headers for each request, asked for each time
   */
  JwksHttp(
      URI url,
      Destinations destinations,
      Optional<SSLContext> tls,
      Duration timeout,
      Supplier<Map<String, String>> headers)
      throws ForbiddenDestinationException {
    this(new GuardedFetch(url, destinations, tls, timeout, JwksReader.MAX_BYTES), headers);
  }

  private JwksHttp(GuardedFetch fetch, Supplier<Map<String, String>> headers) {
    this(
        () -> {
          Map<String, String> all = new HashMap<>(HEADERS);
          all.putAll(headers.get());
          return fetch.get(all);
        },
        fetch::close);
  }

  @Override
  public JwksUrlSource.Fetched fetch() throws IOException, InterruptedException {
    HttpAnswer answer = get.get();
    if (answer.status() != 200) {
      throw new IOException("status " + answer.status() + " instead of 200");
    }
    return new JwksUrlSource.Fetched(
        new String(answer.body(), StandardCharsets.UTF_8), maxAge(answer.header("cache-control")));
  }

  /** RFC 9111, section 5.2.2.1. */
  private static Optional<Duration> maxAge(List<String> headers) {
    for (String header : headers) {
      for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
        String directive = part.strip();
        if (directive.startsWith(MAX_AGE)) {
          String seconds = directive.substring(MAX_AGE.length());
          if (seconds.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(seconds)));
          }
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    close.run();
  }
}
