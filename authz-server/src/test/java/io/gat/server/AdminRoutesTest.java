package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.admin.AdminCalls;
import io.gat.admin.AdminOperation;
import io.gat.admin.AuditLines;
import io.gat.admin.ExplainOperation;
import io.gat.admin.ExplainRequest;
import io.gat.admin.LiveExplainer;
import io.gat.admin.OpenOperation;
import io.gat.admin.OperatorAudit;
import io.gat.admin.OperatorGate;
import io.gat.decide.FreshnessTerms;
import io.gat.decide.Inquirer;
import io.gat.decide.KeyRefresher;
import io.gat.decide.LiveSnapshot;
import io.gat.decide.Room;
import io.gat.decide.Snapshot;
import io.gat.decide.WhenStale;
import io.gat.decide.explain.Terms;
import io.gat.http.AdminRoutes;
import io.gat.http.CallerCheck;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import io.gat.revocation.Moment;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TokenVerifier;
import io.gat.token.TrustedIssuer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The admin API when many ask at once. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class AdminRoutesTest {
  private static final String ISSUER = "https://gat.example";
  private static final int PLACES = 8;
  private static final CryptoProvider CRYPTO = CryptoProvider.jdk();

  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CRYPTO);
  private final TrustedKeys keys =
      TrustedKeys.none()
          .with(ISSUER, new KeySet(List.of(key.verificationKey()), Instant.now(), Instant.MAX));
  private final TrustedIssuer terms =
      new TrustedIssuer(
          ISSUER,
          Set.of(Algorithm.ES256),
          Set.of("at+jwt"),
          List.of("sub", "jti"),
          Map.of(),
          TrustedIssuer.Audiences.ONE);
  private final TokenVerifier verifier =
      new JoseTokenVerifier(List.of(terms), Duration.ofSeconds(5), Duration.ofMinutes(15), CRYPTO);
  private final CountDownLatch begun = new CountDownLatch(PLACES);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private String gat(String audience) {
    long now = Instant.now().getEpochSecond();
    return key.sign(
        "{\"iss\":\"%s\",\"sub\":\"olga\",\"aud\":\"%s\",\"iat\":%d,\"exp\":%d,\"jti\":\"j\",\"scope\":\"gat:audit\"}"
            .formatted(ISSUER, audience, now, now + 60),
        "at+jwt");
  }

  private AdminRoutes routes() {
    Policy policy =
        switch (PolicyCompiler.compile(
            List.of(
                new Source(
                    "p",
                    """
                    version: gat/v1
                    service: orders
                    hosts: [orders.example]
                    audience: orders
                    rules: [{name: read, paths: [/a]}]
                    """)))) {
          case PolicyCompiler.Compiled compiled -> compiled.policy();
          case PolicyCompiler.Refused refused -> throw new AssertionError(refused.problems());
        };
    LiveSnapshot live = new LiveSnapshot(new Snapshot(Map.of(), keys, policy));
    TokenVerifier slow =
        (compact, place, trusted, now) -> {
          begun.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return verifier.verify(compact, place, trusted, now);
        };
    return new AdminRoutes(
        new OperatorGate(
            verifier,
            () -> new OperatorGate.Evidence(Map.of(), keys),
            KeyRefresher.none(),
            Moment.Source.system()),
        CallerCheck.onLoopback("127.0.0.1"),
        List.of(
            ExplainOperation.of(
                new LiveExplainer(
                    live,
                    new Inquirer(
                        live,
                        slow,
                        KeyRefresher.none(),
                        Moment.Source.system(),
                        "",
                        FreshnessTerms.everywhere(WhenStale.ERROR),
                        Room.unlimited()),
                    new Terms(
                        List.of(terms),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(15),
                        Terms.Signature.VERIFIED,
                        Terms.Revocations.FEEDS)))),
        List.of(),
        new OperatorAudit(new AuditLines(), new AuditLines()),
        AdminCalls.uncounted());
  }

  @Test
  void answersTheNinthAtOnceThatItIsOneTooMany() throws Exception {
    String body =
        "{\"check\":{\"attributes\":{\"request\":{\"http\":{\"method\":\"GET\",\"path\":\"/a\",\"host\":\"orders.example\"}}}},\"token\":\""
            + gat("orders")
            + "\"}";
    try (HttpListener listener =
            HttpListener.start(
                "127.0.0.1",
                0,
                Duration.ofSeconds(2),
                ExplainRequest.MAX_BYTES,
                List.of(routes()));
        HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest ask =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + "/v1/explain"))
              .header("authorization", "Bearer " + gat("gat-admin"))
              .header("content-type", "application/json")
              .POST(BodyPublishers.ofString(body))
              .build();
      List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      for (int i = 0; i < PLACES; i++) {
        asked.add(client.sendAsync(ask, BodyHandlers.ofString()));
      }
      begun.await();
      HttpResponse<String> ninth = client.send(ask, BodyHandlers.ofString());
      assertEquals(503, ninth.statusCode());
      assertTrue(ninth.body().contains("\"reason\":\"overloaded\""), ninth.body());
      assertEquals("1", ninth.headers().firstValue("retry-after").orElse(""));
      goOn.countDown();
      for (CompletableFuture<HttpResponse<String>> one : asked) {
        HttpResponse<String> answer = one.get();
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"decision\": \"allow\""), answer.body());
      }
      assertEquals(200, client.send(ask, BodyHandlers.ofString()).statusCode());
    }
  }

  @Test
  void slowStrangersHoldNoPlace() throws Exception {
    OpenOperation open =
        new OpenOperation("POST", "/v1/sign-in", call -> AdminOperation.Answer.ok("{}"));
    String head =
        """
        POST /v1/sign-in HTTP/1.1
        Host: 127.0.0.1
        Content-Length: 100
        Content-Type: application/json
        Expect: 100-continue

        """
            .replace("\n", "\r\n");
    List<Socket> slow = new ArrayList<>();
    try (AdminWorld world = new AdminWorld(List.of(), List.of(open));
        HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < PLACES; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), world.port());
        slow.add(socket);
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        // The server asks for the body: it has begun to read.
        assertEquals('H', socket.getInputStream().read());
        socket.getOutputStream().write('{');
      }
      HttpResponse<String> quick =
          client.send(
              HttpRequest.newBuilder(URI.create(world.url() + "/v1/sign-in"))
                  .header("content-type", "application/json")
                  .POST(BodyPublishers.ofString("{}"))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(200, quick.statusCode(), quick.body());
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }
}
