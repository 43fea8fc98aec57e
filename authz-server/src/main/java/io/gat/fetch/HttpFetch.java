package io.gat.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Fetches one URL over HTTP/1.1. Redirects are not followed: the configured URL is what is trusted.
 * The whole exchange has one time-out, so that a server that drips cannot hold it.
 */
public final class HttpFetch implements AutoCloseable {
  private final URI url;
  private final Duration timeout;
  private final int maxBytes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;

  /**
   * A fetcher.
   *
   * @param timeout of a whole exchange, positive
   * @param maxBytes the longest body that is taken
   */
  public HttpFetch(URI url, Duration timeout, int maxBytes) {
    this(url, timeout, maxBytes, HttpClient.newBuilder());
  }

  /**
   * A fetcher.
   *
   * @param timeout of a whole exchange, positive
   * @param maxBytes the longest body that is taken
   * @param tls whom to trust
   */
  public HttpFetch(URI url, Duration timeout, int maxBytes, SSLContext tls) {
    this(url, timeout, maxBytes, HttpClient.newBuilder().sslContext(tls));
  }

  private HttpFetch(URI url, Duration timeout, int maxBytes, HttpClient.Builder builder) {
    this.url = Objects.requireNonNull(url);
    this.timeout = timeout;
    this.maxBytes = maxBytes;
    this.client =
        builder
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(threads)
            .build();
  }

  /**
   * Sends a GET with these headers.
   *
   * @throws IOException where there is no whole answer in time, of whatever status
   */
  public HttpResponse<byte[]> get(Map<String, String> headers)
      throws IOException, InterruptedException {
    return send("GET", "", headers);
  }

  /**
   * Posts a text in UTF-8 with these headers.
   *
   * @throws IOException where there is no whole answer in time, of whatever status
   */
  public HttpResponse<byte[]> post(String body, Map<String, String> headers)
      throws IOException, InterruptedException {
    return send("POST", body, headers);
  }

  /**
   * Sends a request with these headers.
   *
   * @param body a text in UTF-8, empty for none
   * @throws IOException where there is no whole answer in time, of whatever status
   */
  public HttpResponse<byte[]> send(String method, String body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher content =
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    return send(HttpRequest.newBuilder(url).timeout(timeout).method(method, content), headers);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request, Map<String, String> headers)
      throws IOException, InterruptedException {
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes));
    try {
      return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer within " + timeout.toSeconds() + " s", e);
    } finally {
      exchange.cancel(true);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    threads.shutdownNow();
  }
}
