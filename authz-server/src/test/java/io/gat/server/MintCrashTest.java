package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.audit.AuditTrails;
import io.gat.cli.Main;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.issue.Minter;
import io.gat.log.ChildProcess;
import io.gat.token.TokenIds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills an issuer while it mints, again and again, until 10,000 tokens have come out of it: the
 * audit log has every one of them.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class MintCrashTest {
  private static final int TOKENS = 10_000;
  private static final int KILLS = 4;
  private static final int CALLERS = 16;
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder = Path.of("");
  private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();

  private Path config(int port) throws IOException {
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [issuer]
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            log: {embedded: data/}
            limits: {per-principal: {rate: 100000/s, burst: 100000}, total: {rate: 200000/s, burst: 200000}}
            feed: {listen: "tcp://127.0.0.1:0"}
          health: {listen: "http://127.0.0.1:0"}
          admin: {listen: "http://127.0.0.1:0"}
        """
            .formatted(ISSUER, port));
    return file;
  }

  @Test
  void theAuditLogHasEveryTokenThatCameOut() throws Exception {
    SplittableRandom random = new SplittableRandom(20_261_126);
    for (int kill = 1; kill <= KILLS; kill++) {
      int until = kill == KILLS ? TOKENS : TOKENS * kill / KILLS - random.nextInt(500);
      mintUntilKilled(until);
      Set<String> audited = new HashSet<>(AuditTrails.tokensIssued(folder.resolve("data")));
      Set<String> missing = new HashSet<>(received);
      missing.removeAll(audited);
      assertEquals(Set.of(), missing, "after kill " + kill);
    }
    assertTrue(received.size() >= TOKENS, received.size() + " tokens");
    assertEquals(received.size(), new HashSet<>(received).size());
  }

  /** The callers go on until the issuer is gone; it is killed while they wait for answers. */
  private void mintUntilKilled(int until) throws Exception {
    int port = FreePort.next();
    Path file = config(port);
    try (ChildProcess issuer =
            ChildProcess.start(Main.class, "serve", "--config", file.toString());
        HttpClient http = HttpClient.newHttpClient()) {
      String line = issuer.readLine();
      assertTrue(line.startsWith("gat is ready"), line);
      HttpRequest request = narrowing(port, gat());
      CountDownLatch enough = new CountDownLatch(1);
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(Thread.ofVirtual().start(() -> call(http, request, until, enough)));
      }
      enough.await();
      issuer.signal();
      for (Thread caller : callers) {
        caller.join();
      }
    }
  }

  private void call(HttpClient http, HttpRequest request, int until, CountDownLatch enough) {
    try {
      while (true) {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
          throw new AssertionError(answer.body());
        }
        String token = IssuerWorld.json(answer.body()).path("access_token").asText();
        String claims =
            new String(
                Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
        received.add(TokenIds.of(ISSUER, IssuerWorld.json(claims).path("jti").asText()));
        if (received.size() >= until) {
          enough.countDown();
        }
      }
    } catch (IOException e) {
      enough.countDown(); // the issuer is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HttpRequest narrowing(int port, String gat) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/oauth2/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(IssuerWorld.narrowing(gat)))
        .build();
  }

  private String gat() {
    return new Minter(ISSUER, IssuersKey.in(folder.resolve("data")), InstantSource.system())
        .mint(
            new MintRequest(
                "orders",
                List.of("orders:read"),
                "alice",
                "web",
                Duration.ofMinutes(10),
                "",
                Map.of()),
            Jitter.NONE,
            "somebody")
        .compact();
  }
}
