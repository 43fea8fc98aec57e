package io.gat.issue.caller;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gat.json.MalformedJsonException;
import io.gat.json.StrictJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.json.JsonUtil;
import org.jspecify.annotations.Nullable;

/**
 * Answers as a Kubernetes API server does (recorded of 1.34): TokenReview, and its keys, for
 * whoever has gat's own token.
 */
final class ApiServer implements AutoCloseable {
  /** gat's own ServiceAccount token. */
  static final String TOKEN = "gats-own-token";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Semaphore arrived = new Semaphore(0);
  private volatile CountDownLatch gate = new CountDownLatch(0);

  final AtomicInteger reviews = new AtomicInteger();
  final Set<String> pods = ConcurrentHashMap.newKeySet();
  volatile List<String> audiences;
  volatile String username = "";
  volatile String body = "";
  volatile int status = 201;

  ApiServer(Signer signer, String audience) {
    this.audiences = List.of(audience);
    pods.add("checkout-7c9d-x2");
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    server.createContext("/apis/authentication.k8s.io/v1/tokenreviews", this::review);
    server.createContext(
        "/openid/v1/jwks",
        exchange -> answer(exchange, isOwn(exchange) ? 200 : 401, signer.jwks("sig")));
    server.setExecutor(threads);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** From now on reviews wait. */
  CountDownLatch hold() {
    gate = new CountDownLatch(1);
    return gate;
  }

  /** Waits until so many reviews have come. */
  void awaitReviews(int count) throws InterruptedException {
    arrived.acquire(count);
  }

  private static boolean isOwn(HttpExchange exchange) {
    return ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("authorization"));
  }

  private void review(HttpExchange exchange) throws IOException {
    try {
      Map<String, Object> asked = StrictJson.object(exchange.getRequestBody().readAllBytes());
      reviews.incrementAndGet();
      arrived.release();
      gate.await();
      if (!isOwn(exchange) || !"TokenReview".equals(asked.get("kind"))) {
        answer(exchange, 401, "{\"kind\":\"Status\"}");
        return;
      }
      answer(exchange, status, body.isEmpty() ? reviewed(asked) : body);
    } catch (MalformedJsonException e) {
      answer(exchange, 400, "{\"kind\":\"Status\"}");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String reviewed(Map<String, Object> asked) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("kind", "TokenReview");
    answer.put("apiVersion", "authentication.k8s.io/v1");
    answer.put("status", status(String.valueOf(map(asked.get("spec")).get("token"))));
    return JsonUtil.toJson(answer);
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private Map<String, Object> status(String compact) {
    try {
      Map<String, Object> claims =
          StrictJson.object(Base64.getUrlDecoder().decode(compact.split("\\.", -1)[1]));
      Map<?, ?> own = map(claims.get("kubernetes.io"));
      String pod = String.valueOf(map(own.get("pod")).get("name"));
      if (pods.contains(pod)) {
        return Map.of(
            "authenticated",
            true,
            "user",
            Map.of(
                "username",
                username.isEmpty() ? String.valueOf(claims.get("sub")) : username,
                "uid",
                "1a2b3c4d",
                "groups",
                List.of("system:serviceaccounts", "system:authenticated"),
                "extra",
                Map.of("authentication.kubernetes.io/pod-name", List.of(pod))),
            "audiences",
            audiences);
      }
    } catch (MalformedJsonException | RuntimeException e) {
      // as of nobody
    }
    return Map.of("user", Map.of(), "error", "[invalid bearer token, token lookup failed]");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    gate.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
