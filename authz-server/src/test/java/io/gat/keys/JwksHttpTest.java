package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gat.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetching from a real HTTP server on this machine. */
final class JwksHttpTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server = create();

  private static HttpServer create() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void start() {
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @ParameterizedTest
  @CsvSource({
    ",",
    "no-store,",
    "max-age=60, 60",
    "'public, max-age=120, must-revalidate', 120",
    "'Public,MAX-AGE=7', 7",
    "s-maxage=60,",
    "max-age=-1,",
    "max-age=soon,",
    "max-age=99999999999999999999,",
  })
  void readsBodyAndMaxAge(@Nullable String header, @Nullable Long seconds) throws Exception {
    server.createContext(
        "/jwks",
        exchange -> {
          if (header != null) {
            exchange.getResponseHeaders().add("cache-control", header);
          }
          answer(exchange, 200, "{\"keys\":[]}");
        });
    try (JwksHttp http = new JwksHttp(url("/jwks"), TIMEOUT)) {
      JwksUrlSource.Fetched fetched = http.fetch();
      assertEquals("{\"keys\":[]}", fetched.body());
      assertEquals(Optional.ofNullable(seconds).map(Duration::ofSeconds), fetched.maxAge());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 301, 302, 307, 404, 500, 503})
  void takesNothingButStatus200AndFollowsNoRedirect(int status) throws Exception {
    AtomicInteger elsewhere = new AtomicInteger();
    server.createContext(
        "/jwks",
        exchange -> {
          exchange.getResponseHeaders().add("location", url("/elsewhere").toString());
          answer(exchange, status, "");
        });
    server.createContext(
        "/elsewhere",
        exchange -> {
          elsewhere.incrementAndGet();
          answer(exchange, 200, "{\"keys\":[]}");
        });
    try (JwksHttp http = new JwksHttp(url("/jwks"), TIMEOUT)) {
      IOException e = assertThrows(IOException.class, http::fetch);
      assertEquals("status " + status + " instead of 200", e.getMessage());
    }
    assertEquals(0, elsewhere.get());
  }

  @Test
  void refusesMoreThanOneMebibyte() throws Exception {
    server.createContext(
        "/jwks", exchange -> answer(exchange, 200, " ".repeat(JwksReader.MAX_BYTES)));
    server.createContext(
        "/big", exchange -> answer(exchange, 200, " ".repeat(JwksReader.MAX_BYTES + 1)));
    try (JwksHttp http = new JwksHttp(url("/jwks"), TIMEOUT);
        JwksHttp big = new JwksHttp(url("/big"), TIMEOUT)) {
      assertEquals(JwksReader.MAX_BYTES, http.fetch().body().length());
      assertThrows(IOException.class, big::fetch);
    }
  }

  @Test
  void serverThatDripsIsGivenUp() {
    CountDownLatch over = new CountDownLatch(1);
    server.createContext(
        "/jwks",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    try (JwksHttp http = new JwksHttp(url("/jwks"), Duration.ofMillis(300))) {
      assertThrows(IOException.class, http::fetch);
    } finally {
      over.countDown();
    }
  }

  @Test
  void serverThatIsAwayIsAnIoException() throws Exception {
    URI nobody = URI.create("http://127.0.0.1:" + FreePort.next() + "/jwks");
    try (JwksHttp http = new JwksHttp(nobody, TIMEOUT)) {
      assertThrows(IOException.class, http::fetch);
    }
  }

  @Test
  void sourcePublishesWhatTheServerHas() {
    String jwks = JwksReaderTest.jwks(JwksReaderTest.ec("live"));
    server.createContext("/jwks", exchange -> answer(exchange, 200, jwks));
    List<KeySet> published = new CopyOnWriteArrayList<>();
    try (JwksUrlSource source =
        new JwksUrlSource(url("/jwks"), JwksUrlSource.Timing.standard(), InstantSource.system())) {
      source.start(published::add);
      assertTrue(published.getFirst().find("live", Algorithm.ES256).isPresent());
    }
  }
}
