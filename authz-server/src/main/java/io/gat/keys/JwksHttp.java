package io.gat.keys;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches one JWKS over HTTP/1.1. Redirects are not followed: the configured URL is what is
 * trusted. The whole exchange has one time-out, so that a server that drips cannot hold it.
 */
final class JwksHttp implements JwksUrlSource.Fetcher {
  private static final String MAX_AGE = "max-age=";

  private final URI url;
  private final Duration timeout;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;

  JwksHttp(URI url, Duration timeout) {
    this.url = url;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(threads)
            .build();
  }

  @Override
  public JwksUrlSource.Fetched fetch() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("accept", "application/jwk-set+json, application/json")
            .timeout(timeout)
            .build();
    CompletableFuture<HttpResponse<String>> exchange =
        client.sendAsync(
            request,
            BodyHandlers.limiting(
                BodyHandlers.ofString(StandardCharsets.UTF_8), JwksReader.MAX_BYTES));
    try {
      HttpResponse<String> response = exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode() + " instead of 200");
      }
      return new JwksUrlSource.Fetched(response.body(), maxAge(response));
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer within " + timeout.toSeconds() + " s", e);
    } finally {
      exchange.cancel(true);
    }
  }

  /** RFC 9111, section 5.2.2.1. */
  private static Optional<Duration> maxAge(HttpResponse<String> response) {
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
    client.shutdownNow();
    threads.shutdownNow();
  }
}
