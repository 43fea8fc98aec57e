package io.gat.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.gat.issue.caller.TestCertificates;
import io.gat.issue.caller.TestCertificates.Holder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class GuardedFetchTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Map<String, String> NO_HEADERS = Map.of();
  private static final InetAddress LOOPBACK = address("127.0.0.1");
  private static final Holder ROOT = TestCertificates.authority("root");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HttpServer> servers = new ArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private HttpServer plain(HttpHandler handler) throws IOException {
    return serve(HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0), handler);
  }

  private HttpServer serve(HttpServer server, HttpHandler handler) {
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          handler.handle(exchange);
        });
    server.setExecutor(threads);
    server.start();
    servers.add(server);
    return server;
  }

  /** A server that is {@code host} to whoever trusts the root. */
  private HttpServer tls(String host) throws Exception {
    Holder holder = TestCertificates.draft(host).dns(host).usage(0).signedBy(ROOT);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own", holder.keys().getPrivate(), new char[0], new Certificate[] {holder.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return serve(server, GuardedFetchTest::hello);
  }

  private static SSLContext trusted() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("root", ROOT.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static void hello(HttpExchange exchange) throws IOException {
    answer(exchange, 200, "hello");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static URI url(String scheme, String host, HttpServer server) {
    return URI.create(scheme + "://" + host + ":" + server.getAddress().getPort() + "/jwks");
  }

  private static Destinations loopbackAllowed() {
    return Destinations.publicAnd(Set.of("127.0.0.1"));
  }

  private static GuardedFetch fetch(URI url, Destinations destinations, int maxBytes)
      throws IOException {
    return new GuardedFetch(url, destinations, Optional.empty(), TIMEOUT, maxBytes);
  }

  @Test
  void fetchesFromLoopbackThatIsAllowedByName() throws Exception {
    HttpServer server = plain(GuardedFetchTest::hello);
    try (GuardedFetch fetch = fetch(url("http", "127.0.0.1", server), loopbackAllowed(), 100)) {
      HttpAnswer answer = fetch.get(NO_HEADERS);
      assertEquals(200, answer.status());
      assertEquals("hello", new String(answer.body(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void postsWithHeaders() throws Exception {
    HttpServer server =
        plain(
            exchange ->
                answer(
                    exchange,
                    201,
                    exchange.getRequestMethod()
                        + exchange.getRequestHeaders().getFirst("authorization")
                        + new String(
                            exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    try (GuardedFetch fetch = fetch(url("http", "127.0.0.1", server), loopbackAllowed(), 100)) {
      HttpAnswer answer = fetch.post("{\"ä\":1}", Map.of("authorization", "Bearer a"));
      assertEquals("POSTBearer a{\"ä\":1}", new String(answer.body(), StandardCharsets.UTF_8));
      assertEquals(201, answer.status());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/jwks",
        "ftp://example.com/jwks",
        "https://user@example.com/jwks",
        "https://example.com/jwks#a",
        "file:///etc/passwd",
        "http://localhost/jwks",
        "http://127.0.0.2/jwks",
        "http://[::1]/jwks",
        "http://169.254.169.254/latest/meta-data"
      })
  void refusesUrlsThatLeadNowhereGood(String url) {
    assertThrows(
        ForbiddenDestinationException.class,
        () -> fetch(URI.create(url), loopbackAllowed(), 100).close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "0.0.0.0"})
  void refusesLoopbackThatNobodyAllowed(String host) throws Exception {
    HttpServer server = tls(host);
    Destinations nothing = Destinations.publicAnd(Set.of("somebody-else"));
    URI url = URI.create("https://" + host + ":" + server.getAddress().getPort() + "/");
    IOException e =
        assertThrows(
            IOException.class,
            () -> {
              try (GuardedFetch fetch = fetch(url, nothing, 100)) {
                fetch.get(NO_HEADERS);
              }
            });
    assertTrue(
        e instanceof ForbiddenDestinationException
            || String.valueOf(e.getMessage()).contains("UnknownHost"),
        e.toString());
    assertEquals(0, requests.get());
  }

  /** What a name server answers, one answer after the other. */
  private static final class Rebinding implements Destinations.Resolver {
    private final Deque<List<InetAddress>> answers = new ConcurrentLinkedDeque<>();
    private final AtomicInteger asked = new AtomicInteger();

    Rebinding(List<List<InetAddress>> answers) {
      this.answers.addAll(answers);
    }

    @Override
    public List<InetAddress> resolve(String host) {
      asked.incrementAndGet();
      return answers.removeFirst();
    }
  }

  @Test
  void connectsToTheVeryAddressThatWasJudged() throws Exception {
    HttpServer server = tls("issuer.test"); // a name that no name server knows
    Rebinding names = new Rebinding(List.of(List.of(LOOPBACK)));
    Destinations destinations = new Destinations(Set.of("issuer.test"), names);
    try (GuardedFetch fetch =
        new GuardedFetch(
            url("https", "issuer.test", server),
            destinations,
            Optional.of(trusted()),
            TIMEOUT,
            100)) {
      assertEquals(200, fetch.get(NO_HEADERS).status());
    }
    assertEquals(1, names.asked.get());
  }

  @Test
  void aNameThatMovesIntoTheOwnNetworkIsRefused() throws Exception {
    HttpServer server = tls("issuer.test");
    Rebinding names =
        new Rebinding(
            List.of(
                List.of(LOOPBACK),
                List.of(address("192.168.1.1")),
                List.of(address("169.254.169.254")),
                List.of(address("1.1.1.1"), LOOPBACK)));
    Destinations destinations = new Destinations(Set.of(), names);
    try (GuardedFetch fetch =
        new GuardedFetch(
            url("https", "issuer.test", server),
            destinations,
            Optional.of(trusted()),
            TIMEOUT,
            100)) {
      for (int i = 1; i <= 4; i++) {
        ForbiddenDestinationException e =
            assertThrows(ForbiddenDestinationException.class, () -> fetch.get(NO_HEADERS));
        assertTrue(String.valueOf(e.getMessage()).contains("allow-private: [issuer.test]"));
        assertEquals(i, names.asked.get());
      }
    }
    assertEquals(0, requests.get());
  }

  @Test
  void aServerHasToBeWhomTheUrlNames() throws Exception {
    HttpServer server = tls("somebody-else.test");
    Destinations destinations =
        new Destinations(Set.of("issuer.test"), new Rebinding(List.of(List.of(LOOPBACK))));
    try (GuardedFetch fetch =
        new GuardedFetch(
            url("https", "issuer.test", server),
            destinations,
            Optional.of(trusted()),
            TIMEOUT,
            100)) {
      assertThrows(IOException.class, () -> fetch.get(NO_HEADERS));
    }
    assertEquals(0, requests.get());
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirect(int status) throws Exception {
    HttpServer elsewhere = plain(GuardedFetchTest::hello);
    HttpServer server =
        plain(
            exchange -> {
              exchange
                  .getResponseHeaders()
                  .add("location", url("http", "127.0.0.1", elsewhere).toString());
              answer(exchange, status, "");
            });
    try (GuardedFetch fetch = fetch(url("http", "127.0.0.1", server), loopbackAllowed(), 100)) {
      assertEquals(status, fetch.get(NO_HEADERS).status());
    }
    assertEquals(1, requests.get());
  }

  @Test
  void takesNoMoreThanItsCap() throws Exception {
    HttpServer server = plain(exchange -> answer(exchange, 200, "x".repeat(100)));
    try (GuardedFetch enough = fetch(url("http", "127.0.0.1", server), loopbackAllowed(), 100);
        GuardedFetch less = fetch(url("http", "127.0.0.1", server), loopbackAllowed(), 99)) {
      assertEquals(100, enough.get(NO_HEADERS).body().length);
      assertThrows(IOException.class, () -> less.get(NO_HEADERS));
    }
  }

  @Test
  void takesNoEndlessHeaders() throws Exception {
    HttpServer many =
        plain(
            exchange -> {
              for (int i = 0; i < 200; i++) {
                exchange.getResponseHeaders().add("x-" + i, "a");
              }
              answer(exchange, 200, "");
            });
    HttpServer big =
        plain(
            exchange -> {
              exchange.getResponseHeaders().add("x", "a".repeat(20_000));
              answer(exchange, 200, "");
            });
    for (HttpServer server : List.of(many, big)) {
      try (GuardedFetch fetch = fetch(url("http", "127.0.0.1", server), loopbackAllowed(), 100)) {
        assertThrows(IOException.class, () -> fetch.get(NO_HEADERS));
      }
    }
  }

  @Test
  void aServerThatDripsIsGivenUp() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    HttpServer server =
        plain(
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
    try (GuardedFetch fetch =
        new GuardedFetch(
            url("http", "127.0.0.1", server),
            loopbackAllowed(),
            Optional.empty(),
            Duration.ofMillis(300),
            100)) {
      assertInstanceOf(
          IOException.class, assertThrows(IOException.class, () -> fetch.get(NO_HEADERS)));
    } finally {
      over.countDown();
    }
  }
}
