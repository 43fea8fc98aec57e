package io.gat.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gat.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real servers: good ones, dead ones, and black holes that take a call and say nothing. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class IssuerClientTest {
  private static final TokenWish WISH = TokenWish.of("orders", List.of("r", "w"));
  private static final String TOKEN =
      """
      {"access_token":"e30.e30.x","token_type":"Bearer","expires_in":57,"scope":"r"}""";

  /**
   * So patient that a slow machine decides nothing; the standard's own times are compared below.
   */
  private static final Timing PATIENT =
      new Timing(
          Duration.ofSeconds(10),
          Duration.ofSeconds(11),
          Duration.ofSeconds(50),
          Duration.ofMillis(200),
          Duration.ofSeconds(30));

  /** Does not wait long for the silent. */
  private static final Timing HASTY =
      new Timing(
          Duration.ofSeconds(10),
          Duration.ofMillis(50),
          Duration.ofSeconds(50),
          Duration.ofMillis(200),
          Duration.ofSeconds(30));

  @TempDir private Path folder = Path.of("");
  private final List<AutoCloseable> parts = new ArrayList<>();
  private Duration uptime = Duration.ofHours(1);

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : parts.reversed()) {
      part.close();
    }
  }

  /** What an issuer answers, and what it was asked. */
  private final class Issuer {
    private final List<Map<String, String>> forms = Collections.synchronizedList(new ArrayList<>());
    private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
    private final List<InetSocketAddress> peers = Collections.synchronizedList(new ArrayList<>());
    private final URI url;
    private volatile int status;
    private volatile String body;
    private volatile String retryAfter = "";

    Issuer(int status, String body) throws IOException {
      this.status = status;
      this.body = body;
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
      server.createContext("/", this::answer);
      server.start();
      parts.add(() -> server.stop(0));
      url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange call) throws IOException {
      String form = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> fields = new HashMap<>();
      for (String field : form.split("&", -1)) {
        int equals = field.indexOf('=');
        fields.put(
            field.substring(0, equals),
            URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
      }
      fields.put("path", call.getRequestURI().toString());
      forms.add(fields);
      peers.add(call.getRemoteAddress());
      authorizations.add(String.valueOf(call.getRequestHeaders().getFirst("authorization")));
      if (!retryAfter.isEmpty()) {
        call.getResponseHeaders().add("retry-after", retryAfter);
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      call.sendResponseHeaders(status, bytes.length);
      call.getResponseBody().write(bytes);
      call.close();
    }

    int asked() {
      return forms.size();
    }
  }

  /** Takes connections and never answers. */
  private URI blackHole() throws IOException {
    ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    parts.add(socket);
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Nobody listens there. */
  private static URI dead() {
    return URI.create("http://127.0.0.1:" + FreePort.next());
  }

  private IssuerClient client(Timing timing, URI... issuers) {
    return client(timing, new Credentials.OfConnection(), () -> uptime, issuers);
  }

  private IssuerClient client(
      Timing timing, Credentials credentials, Supplier<Duration> clock, URI... issuers) {
    IssuerClient client =
        new IssuerClient(
            List.of(issuers), credentials, Optional.empty(), timing, clock, new Random(7));
    parts.add(client);
    return client;
  }

  private static TokenAnswer.Granted granted(TokenAnswer answer) {
    return assertInstanceOf(TokenAnswer.Granted.class, answer, answer::toString);
  }

  @Test
  void asksAsTheStandardsSay() throws IOException {
    Issuer issuer = new Issuer(200, TOKEN);
    Credentials secret = new Credentials.ClientSecret("a:b c", "s%cret");
    TokenAnswer.Granted granted =
        granted(
            client(PATIENT, secret, () -> uptime, issuer.url)
                .request(
                    new TokenWish(
                        "orders",
                        List.of("r", "w"),
                        Optional.of(Duration.ofSeconds(60)),
                        Map.of("purpose", "audit"),
                        List.of("a.b.c", "d.e.f"),
                        "id-1")));
    assertEquals("e30.e30.x", granted.token());
    assertEquals(Duration.ofSeconds(57), granted.expiresIn());
    assertEquals(List.of("r"), granted.scopes());
    assertEquals(issuer.url, granted.issuer());
    assertEquals(
        Map.of(
            "path", "/oauth2/token",
            "grant_type", "client_credentials",
            "audience", "orders",
            "scope", "r w",
            "requested_ttl", "60",
            "tags", "{\"purpose\":\"audit\"}",
            "attestation", "a.b.c d.e.f",
            "approval", "id-1"),
        issuer.forms.getFirst());
    String pair =
        Base64.getEncoder().encodeToString("a%3Ab+c:s%25cret".getBytes(StandardCharsets.US_ASCII));
    assertEquals("Basic " + pair, issuer.authorizations.getFirst());
  }

  @Test
  void exchangesWithTheAssertionOfTheMoment() throws IOException {
    Issuer issuer = new Issuer(200, TOKEN);
    Path file = folder.resolve("svid");
    Files.writeString(file, "one\n");
    IssuerClient client =
        client(PATIENT, new Credentials.AssertionFile(file), () -> uptime, issuer.url);
    SubjectToken subject = new SubjectToken("x.y.z", SubjectToken.ACCESS_TOKEN);
    granted(client.exchange(subject, WISH));
    Files.writeString(file, "two\n");
    granted(client.exchange(subject, WISH));
    Map<String, String> form = issuer.forms.getFirst();
    assertEquals("urn:ietf:params:oauth:grant-type:token-exchange", form.get("grant_type"));
    assertEquals("x.y.z", form.get("subject_token"));
    assertEquals(SubjectToken.ACCESS_TOKEN, form.get("subject_token_type"));
    assertEquals(Credentials.AssertionFile.TYPE, form.get("client_assertion_type"));
    assertEquals("one", form.get("client_assertion"));
    assertEquals("two", issuer.forms.getLast().get("client_assertion"));
    Files.delete(file);
    assertInstanceOf(TokenAnswer.Unavailable.class, client.exchange(subject, WISH));
    assertEquals(2, issuer.asked());
  }

  @Test
  void keepsItsConnection() throws IOException {
    Issuer issuer = new Issuer(200, TOKEN);
    IssuerClient client = client(PATIENT, issuer.url);
    for (int i = 0; i < 5; i++) {
      granted(client.request(WISH));
    }
    assertEquals(1, issuer.peers.stream().distinct().count());
  }

  @Test
  void goesOnWhereNobodyListens() throws IOException {
    Issuer good = new Issuer(200, TOKEN);
    IssuerClient client = client(PATIENT, dead(), good.url);
    assertEquals(good.url, granted(client.request(WISH)).issuer());
    granted(client.request(WISH));
    assertEquals(2, good.asked());
  }

  /** The second is asked beside the silent one; the third would be, if it had to be. */
  @Test
  void goesOnWhereNobodyAnswers() throws IOException {
    Issuer good = new Issuer(200, TOKEN);
    Issuer spare = new Issuer(200, TOKEN);
    IssuerClient client = client(HASTY, blackHole(), dead(), good.url, spare.url);
    granted(client.request(WISH));
    granted(client.request(WISH));
    assertTrue(good.asked() + spare.asked() >= 2, "asked " + good.asked());
  }

  /** What the times add up to, whatever machine this is. */
  @Test
  void switchesInLessThanASecondByItsTimes() {
    Timing standard = Timing.standard();
    Duration twoBlackHoles = standard.hedge().multipliedBy(2);
    assertTrue(twoBlackHoles.compareTo(Duration.ofSeconds(1)) < 0);
    Duration unreachableAndBlackHole = standard.connect().plus(standard.hedge());
    assertTrue(unreachableAndBlackHole.compareTo(Duration.ofSeconds(1)) < 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 302})
  void goesOnWhereAnIssuerCannot(int status) throws IOException {
    Issuer bad = new Issuer(status, "{\"error\":\"temporarily_unavailable\"}");
    Issuer good = new Issuer(200, TOKEN);
    IssuerClient client = client(PATIENT, bad.url, good.url);
    assertEquals(good.url, granted(client.request(WISH)).issuer());
    assertEquals(1, bad.asked());
    assertEquals(1, good.asked());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"access_token\":\"\",\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"x\",\"token_type\":\"mac\"}",
        "{\"access_token\":\"x\"}"
      })
  void goesOnWhereTheAnswerIsNone(String body) throws IOException {
    Issuer bad = new Issuer(200, body);
    Issuer good = new Issuer(200, TOKEN);
    assertEquals(good.url, granted(client(PATIENT, bad.url, good.url).request(WISH)).issuer());
  }

  @Test
  void readsNoEndlessAnswer() throws IOException {
    Issuer bad = new Issuer(200, "{\"a\":\"" + "x".repeat(100_000) + "\"}");
    Issuer good = new Issuer(200, TOKEN);
    assertEquals(good.url, granted(client(PATIENT, bad.url, good.url).request(WISH)).issuer());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 415})
  void takesANoForANo(int status) throws IOException {
    Issuer first =
        new Issuer(
            status, "{\"error\":\"invalid_scope\",\"error_description\":\"no such scope\\u0007\"}");
    Issuer second = new Issuer(200, TOKEN);
    TokenAnswer answer = client(PATIENT, first.url, second.url).request(WISH);
    assertEquals(
        new TokenAnswer.Refused(status, "invalid_scope", "", first.url), answer, "no control code");
    assertEquals(1, first.asked());
    assertEquals(0, second.asked());
  }

  @Test
  void staysAwayAsLongAsItIsTold() throws IOException {
    Issuer first = new Issuer(429, "{\"error\":\"slow_down\"}");
    first.retryAfter = "7";
    Issuer second = new Issuer(200, TOKEN);
    IssuerClient client = client(PATIENT, first.url, second.url);
    assertEquals(new TokenAnswer.Throttled(Duration.ofSeconds(7)), client.request(WISH));
    uptime = uptime.plusSeconds(6);
    assertEquals(new TokenAnswer.Throttled(Duration.ofSeconds(1)), client.request(WISH));
    assertEquals(1, first.asked() + second.asked());
    first.status = 200;
    first.body = TOKEN;
    uptime = uptime.plusSeconds(1);
    granted(client.request(WISH));
    assertEquals(0, second.asked());
  }

  @Test
  void remembersTheGoodOneAndComesBackToTheOther() throws IOException {
    Issuer first = new Issuer(503, "");
    Issuer second = new Issuer(200, TOKEN);
    IssuerClient client = client(PATIENT, first.url, second.url);
    for (int i = 0; i < 4; i++) {
      granted(client.request(WISH));
    }
    assertEquals(1, first.asked());
    assertEquals(4, second.asked());
    first.status = 200;
    first.body = TOKEN;
    second.status = 503;
    assertEquals(first.url, granted(client.request(WISH)).issuer());
    assertEquals(5, second.asked());
    assertEquals(first.url, granted(client.request(WISH)).issuer());
    assertEquals(5, second.asked());
  }

  @Test
  void saysOfEachWhyItIsAway() throws IOException {
    URI dead = dead();
    Issuer bad = new Issuer(503, "");
    TokenAnswer.Unavailable answer =
        assertInstanceOf(
            TokenAnswer.Unavailable.class, client(PATIENT, dead, bad.url).request(WISH));
    assertEquals(2, answer.why().size(), answer.toString());
    assertTrue(answer.why().getFirst().startsWith(dead + ": "), answer.toString());
    assertEquals(bad.url + ": answers 503", answer.why().getLast());
    assertEquals(1, bad.asked(), "each is asked once");
  }

  /** The pause grows, is partly left to chance, and has an end. */
  @Test
  void whoFailsIsAskedLastForAWhile() {
    URI a = URI.create("https://a.example");
    URI b = URI.create("https://b.example");
    IssuerOrder order = new IssuerOrder(List.of(a, b), PATIENT, () -> uptime, new Random(20261126));
    assertEquals(List.of(a, b), order.now());
    Duration expected = PATIENT.firstPause();
    for (int i = 0; i < 12; i++) {
      order.failed(a);
      assertEquals(List.of(b, a), order.now());
      Duration start = uptime;
      uptime = start.plus(expected.dividedBy(2)).minusNanos(1);
      assertEquals(List.of(b, a), order.now(), "at least half of " + expected);
      uptime = start.plus(expected);
      assertEquals(List.of(a, b), order.now(), "at most " + expected);
      expected = expected.multipliedBy(2);
      if (expected.compareTo(PATIENT.longestPause()) > 0) {
        expected = PATIENT.longestPause();
      }
    }
    order.failed(a);
    order.failed(b);
    assertEquals(List.of(a, b), order.now(), "none is left out");
    order.answered(b);
    assertEquals(List.of(b, a), order.now());
  }

  @Test
  void secretsDontPrint() throws IOException {
    Issuer issuer = new Issuer(200, TOKEN);
    TokenAnswer answer = client(PATIENT, issuer.url).request(WISH);
    assertFalse(answer.toString().contains("e30"), answer.toString());
    assertFalse(new Credentials.ClientSecret("c", "hidden").toString().contains("hidden"));
    assertFalse(new SubjectToken("hidden", SubjectToken.JWT).toString().contains("hidden"));
    TokenWish shown =
        new TokenWish("a", List.of(), Optional.empty(), Map.of(), List.of("hidden"), "");
    assertFalse(shown.toString().contains("hidden"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://gat.example",
        "ftp://gat.example",
        "https://u:p@gat.example",
        "gat.example",
        "https://gat.example?x=1"
      })
  void sendsNoSecretInTheClear(String issuer) {
    assertThrows(IllegalArgumentException.class, () -> client(PATIENT, URI.create(issuer)));
  }
}
