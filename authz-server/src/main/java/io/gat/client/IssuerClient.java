package io.gat.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks one of several issuers for tokens, over connections that are kept.
 *
 * <p>The issuers are as good as each other: they share a log. So where one refuses a connection,
 * answers 5xx or with something that is no answer, the next one is asked at once; and where one
 * says nothing for a while, the next one is asked beside it, and whoever answers first counts. A
 * token that is made twice for that is no harm: nobody has the other one. What an issuer says of
 * the request itself, 4xx, is the answer: it is asked of no other, and never again by itself. After
 * a 429 nobody is asked until its time is over.
 *
 * <p>The issuer that has answered is asked first the next time.
 */
public final class IssuerClient implements AutoCloseable {
  private static final String ENDPOINT = "/oauth2/token";
  private static final int MAX_ANSWER = 64 * 1024;

  private final HttpClient http;
  private final Credentials credentials;
  private final Timing timing;
  private final IssuerOrder order;
  private final Supplier<Duration> uptime;
  private volatile Duration quietUntil = Duration.ZERO;

  /**
   * A client.
   *
   * @param issuers their URLs, in the order of preference; https, or http of this machine
   * @param tls what is trusted, and the caller's own certificate; empty for the JVM's own
   * @throws IllegalArgumentException where there is none, or one would get secrets in the clear
   */
  public IssuerClient(
      List<URI> issuers, Credentials credentials, Optional<SSLContext> tls, Timing timing) {
    this(
        issuers,
        credentials,
        tls,
        timing,
        () -> Duration.ofNanos(System.nanoTime()),
        RandomGenerator.getDefault());
  }

  IssuerClient(
      List<URI> issuers,
      Credentials credentials,
      Optional<SSLContext> tls,
      Timing timing,
      Supplier<Duration> uptime,
      RandomGenerator random) {
    if (issuers.isEmpty()) {
      throw new IllegalArgumentException("at least one issuer is needed");
    }
    issuers.forEach(IssuerClient::check);
    this.credentials = Objects.requireNonNull(credentials);
    this.timing = Objects.requireNonNull(timing);
    this.uptime = Objects.requireNonNull(uptime);
    this.quietUntil = uptime.get();
    this.order = new IssuerOrder(issuers, timing, uptime, random);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timing.connect());
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  private static void check(URI issuer) {
    String host = issuer.getHost();
    boolean local =
        host != null
            && (host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]"));
    boolean sound =
        "https".equals(issuer.getScheme()) || ("http".equals(issuer.getScheme()) && local);
    if (!sound || host == null || issuer.getRawQuery() != null || issuer.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "an issuer's URL is https://host, or http:// on this machine: " + issuer);
    }
  }

  /** A token about the caller itself (RFC 6749, section 4.4). */
  public TokenAnswer request(TokenWish wish) {
    return ask(Map.of("grant_type", "client_credentials"), wish);
  }

  /** A token about somebody else, or a narrower one (RFC 8693). */
  public TokenAnswer exchange(SubjectToken subject, TokenWish wish) {
    return ask(
        Map.of(
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token",
            subject.token(),
            "subject_token_type",
            subject.type()),
        wish);
  }

  private TokenAnswer ask(Map<String, String> grant, TokenWish wish) {
    Duration quiet = quietUntil.minus(uptime.get());
    if (quiet.isPositive()) {
      return new TokenAnswer.Throttled(quiet);
    }
    Map<String, String> fields = new LinkedHashMap<>(grant);
    fields.putAll(wish.fields());
    try {
      fields.putAll(credentials.fields());
    } catch (IOException e) {
      return new TokenAnswer.Unavailable(List.of("the caller's assertion cannot be read: " + e));
    }
    try {
      return new Asking(form(fields), wish.scopes()).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TokenAnswer.Unavailable(List.of("interrupted"));
    }
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(
            field ->
                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  /** One question, to one issuer after the other, or beside the other. */
  private final class Asking {
    private final String form;
    private final List<String> scopes;
    private final List<URI> issuers = order.now();
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final Map<URI, CompletableFuture<HttpResponse<String>>> open = new LinkedHashMap<>();
    private final List<String> why = new ArrayList<>();
    private int started;

    private record Ended(
        URI issuer, @Nullable HttpResponse<String> response, @Nullable Throwable failure) {}

    Asking(String form, List<String> scopes) {
      this.form = form;
      this.scopes = scopes;
    }

    TokenAnswer run() throws InterruptedException {
      Duration end = uptime.get().plus(timing.patience());
      try {
        start();
        while (true) {
          Duration left = end.minus(uptime.get());
          Duration patience =
              started < issuers.size() && timing.hedge().compareTo(left) < 0
                  ? timing.hedge()
                  : left;
          Ended next = ended.poll(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
          if (next == null) {
            if (!end.minus(uptime.get()).isPositive()) {
              open.keySet().forEach(issuer -> why.add(issuer + ": does not answer"));
              return new TokenAnswer.Unavailable(why);
            }
            start();
            continue;
          }
          open.remove(next.issuer());
          Optional<TokenAnswer> answer = judged(next);
          if (answer.isPresent()) {
            return answer.get();
          }
          start();
          if (open.isEmpty()) {
            return new TokenAnswer.Unavailable(why);
          }
        }
      } finally {
        // Whoever is still silent has been too slow: the next question goes to others first.
        open.forEach(
            (issuer, request) -> {
              order.failed(issuer);
              request.cancel(true);
            });
      }
    }

    /** Asks the next issuer, if there is one. */
    private void start() {
      if (started == issuers.size()) {
        return;
      }
      URI issuer = issuers.get(started++);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(endpoint(issuer))
              .timeout(timing.patience())
              .header("content-type", "application/x-www-form-urlencoded")
              .header("accept", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(form));
      credentials.authorization().ifPresent(value -> request.header("authorization", value));
      CompletableFuture<HttpResponse<String>> future =
          http.sendAsync(
              request.build(),
              BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_ANSWER));
      open.put(issuer, future);
      var _ =
          future.whenComplete(
              (response, failure) -> ended.add(new Ended(issuer, response, failure)));
    }

    private Optional<TokenAnswer> judged(Ended end) {
      HttpResponse<String> response = end.response();
      if (response == null) {
        order.failed(end.issuer());
        why.add(end.issuer() + ": " + told(end.failure()));
        return Optional.empty();
      }
      return switch (AnswerReader.read(response, scopes, end.issuer())) {
        case AnswerReader.Read.Said said -> {
          order.answered(end.issuer());
          if (said.answer() instanceof TokenAnswer.Throttled throttled) {
            quietUntil = uptime.get().plus(throttled.retryAfter());
          }
          yield Optional.of(said.answer());
        }
        case AnswerReader.Read.Failed failed -> {
          order.failed(end.issuer());
          why.add(failed.why());
          yield Optional.empty();
        }
      };
    }

    private static String told(@Nullable Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return cause == null
          ? "no answer"
          : cause.getClass().getSimpleName()
              + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }
  }

  private static URI endpoint(URI issuer) {
    String text = issuer.toString();
    return URI.create(
        (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + ENDPOINT);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
