package io.gat.keys;

import io.gat.fetch.HttpFetch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Fetches one JWKS over HTTP. */
final class JwksHttp implements JwksUrlSource.Fetcher {
  private static final String MAX_AGE = "max-age=";
  private static final Map<String, String> HEADERS =
      Map.of("accept", "application/jwk-set+json, application/json");

  private final HttpFetch http;

  JwksHttp(URI url, Duration timeout) {
    this.http = new HttpFetch(url, timeout, JwksReader.MAX_BYTES);
  }

  @Override
  public JwksUrlSource.Fetched fetch() throws IOException, InterruptedException {
    HttpResponse<byte[]> response = http.get(HEADERS);
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode() + " instead of 200");
    }
    return new JwksUrlSource.Fetched(
        new String(response.body(), StandardCharsets.UTF_8), maxAge(response));
  }

  /** RFC 9111, section 5.2.2.1. */
  private static Optional<Duration> maxAge(HttpResponse<?> response) {
    for (String header : response.headers().allValues("cache-control")) {
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
    http.close();
  }
}
