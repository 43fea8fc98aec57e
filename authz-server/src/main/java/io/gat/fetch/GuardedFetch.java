package io.gat.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a URL that a stranger may have written, such as the {@code jwks_uri} of a discovery
 * document: only from where {@link Destinations} allow, with no redirects, a cap on size, and one
 * time-out for the whole exchange, so that a server that drips cannot hold it.
 *
 * <p>The JDK's client resolves names by itself, and can't be told which address to take; this is
 * Apache's, which asks {@link Destinations} and connects to what they answer. It knows no proxy:
 * one would resolve the name again. No connection is used twice.
 */
public final class GuardedFetch implements AutoCloseable {
  private static final int MOST_AT_ONCE = 64;
  private static final int MOST_HEADERS = 100;
  private static final int LONGEST_LINE = 16 * 1024;

  private final URI url;
  private final Duration timeout;
  private final int maxBytes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CloseableHttpClient client;

  /**
   * A fetcher.
   *
   * @param tls whom to trust; those that the JDK trusts where it is absent
   * @param timeout of a whole exchange, positive
   * @param maxBytes the longest body that is taken
   * @throws ForbiddenDestinationException where the URL can be fetched from nowhere
   */
  public GuardedFetch(
      URI url, Destinations destinations, Optional<SSLContext> tls, Duration timeout, int maxBytes)
      throws ForbiddenDestinationException {
    destinations.check(url);
    this.url = Objects.requireNonNull(url);
    this.timeout = Objects.requireNonNull(timeout);
    this.maxBytes = maxBytes;
    Timeout patience = Timeout.of(timeout);
    this.client =
        HttpClientBuilder.create()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new Guard(destinations))
                    .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder()
                            .http1Config(
                                Http1Config.custom()
                                    .setMaxHeaderCount(MOST_HEADERS)
                                    .setMaxLineLength(LONGEST_LINE)
                                    .build())
                            .build())
                    // All go to one host; how many at one time is the caller's to bound.
                    .setMaxConnPerRoute(MOST_AT_ONCE)
                    .setMaxConnTotal(MOST_AT_ONCE)
                    .setTlsSocketStrategy(
                        new DefaultClientTlsStrategy(
                            tls.orElseGet(GuardedFetch::trustedByTheJdk),
                            HttpsSupport.getDefaultHostnameVerifier()))
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(patience)
                            .setSocketTimeout(patience)
                            .build())
                    .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(patience).build())
                    .build())
            .setConnectionReuseStrategy((request, response, context) -> false)
            .setUserAgent("gat")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableAuthCaching()
            .disableCookieManagement()
            .disableContentCompression()
            .build();
  }

  /** Gives Apache's client the addresses that were judged, and no others. */
  private record Guard(Destinations destinations) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      try {
        return destinations.resolve(host).toArray(InetAddress[]::new);
      } catch (UnknownHostException e) {
        throw e;
      } catch (IOException e) {
        UnknownHostException refused = new UnknownHostException(e.getMessage());
        refused.initCause(e);
        throw refused;
      }
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host; // for Kerberos, which gat does not do
    }
  }

  private static SSLContext trustedByTheJdk() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has a default TLS context", e);
    }
  }

  /**
   * Sends a GET with these headers.
   *
   * @throws ForbiddenDestinationException where the host is where gat does not go
   * @throws IOException where there is no whole answer in time, of whatever status
   */
  public HttpAnswer get(Map<String, String> headers) throws IOException, InterruptedException {
    return send(new HttpUriRequestBase("GET", url), headers);
  }

  /**
   * Posts a text in UTF-8 with these headers.
   *
   * @throws ForbiddenDestinationException where the host is where gat does not go
   * @throws IOException where there is no whole answer in time, of whatever status
   */
  public HttpAnswer post(String body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpUriRequestBase request = new HttpUriRequestBase("POST", url);
    request.setEntity(new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), null));
    return send(request, headers);
  }

  private HttpAnswer send(HttpUriRequestBase request, Map<String, String> headers)
      throws IOException, InterruptedException {
    headers.forEach(request::setHeader);
    Future<HttpAnswer> exchange =
        threads.submit(() -> client.execute(request, response -> read(response)));
    try {
      return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw failed(e);
    } catch (TimeoutException e) {
      throw new InterruptedIOException("no whole answer within " + timeout.toMillis() + " ms");
    } finally {
      request.cancel(); // closes the connection of one that is still going on
      exchange.cancel(true);
    }
  }

  private static IOException failed(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    for (Throwable one = cause; one != null; one = one.getCause()) {
      if (one instanceof ForbiddenDestinationException forbidden) {
        return forbidden;
      }
    }
    return new IOException(String.valueOf(cause), cause);
  }

  private HttpAnswer read(ClassicHttpResponse response) throws IOException {
    Map<String, List<String>> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers
          .computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(header.getValue());
    }
    return new HttpAnswer(response.getCode(), headers, body(response.getEntity()));
  }

  private byte[] body(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return new byte[0];
    }
    try (InputStream content = entity.getContent()) {
      byte[] body = content.readNBytes(maxBytes);
      if (body.length == maxBytes && content.read() >= 0) {
        throw new IOException("more than " + maxBytes + " bytes");
      }
      return body;
    }
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    threads.shutdownNow();
  }
}
