package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditTrail;
import io.gat.config.CanaryConfig;
import io.gat.config.ConfigReader;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Minter;
import io.gat.issue.Revocations;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import io.gat.log.LogHealth;
import io.gat.log.MemoryLog;
import io.gat.revocation.Moment;
import io.gat.telemetry.DecisionMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class RevocationCanaryTest {
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder = Path.of("");
  private Instant now = Instant.parse("2026-11-26T07:00:00Z");
  private final MemoryLog.Store store = new MemoryLog.Store();
  private final Revocations revocations =
      new Revocations(new MemoryLog(store, "a", () -> now), Duration.ofSeconds(5));
  private final List<AuditEvent> audited = new ArrayList<>();
  private final DecisionMetrics metrics = new DecisionMetrics();

  @AfterEach
  void close() {
    revocations.close();
    metrics.close();
  }

  private RevocationCanary canary(RevocationCanary.Probed probed) {
    SigningKey key = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
    AuditTrail trail =
        event -> {
          audited.add(event);
          return CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW));
        };
    return new RevocationCanary(
        new RevocationCanary.Parts(
            new AuditedMinter(
                new Minter(ISSUER, key, () -> now), trail, ISSUER, revocations, () -> now),
            revocations,
            trail,
            () -> new Moment(now, Duration.ofNanos(System.nanoTime()))),
        probed,
        ISSUER,
        new CanaryConfig.Call("GET", "orders.example", "/canary", "orders", "canary"),
        metrics.canary());
  }

  private double value(String series) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series));
  }

  private double failed(String reason) {
    return value("gat_revocation_canary_failed_total{reason=\"" + reason + "\"}");
  }

  private double measured() {
    return value("gat_revocation_propagation_seconds_count");
  }

  /** Answers what an authz server answers that learns of a revocation a few checks later. */
  private RevocationCanary.Probed late(int checks) {
    int[] more = {checks};
    return token -> revocations.size() > 0 && more[0]-- <= 0 ? "revoked" : "ok";
  }

  @Test
  void measuresHowLongARevokedProbeIsStillAllowed() {
    canary(late(3)).round();
    assertEquals(1, measured());
    assertTrue(value("gat_revocation_propagation_seconds_sum") >= 0.015, "three pauses of 5 ms");
    assertEquals(
        List.of(AuditEvent.Action.TOKEN_ISSUED, AuditEvent.Action.REVOKED),
        audited.stream().map(AuditEvent::action).toList());
    assertTrue(
        audited.stream().allMatch(e -> e.actor().equals(AuditEvent.Actor.system("gat canary"))));
    assertEquals(audited.getFirst().tokenId(), audited.getLast().tokenId());
  }

  /** Its revocations do not outlive its probes by much, and go no sooner. */
  @Test
  void liftsARevocationOnceItsProbeHasExpired() {
    RevocationCanary canary = canary(token -> revocations.size() > 0 ? "revoked" : "ok");
    canary.round();
    assertEquals(1, revocations.size());
    now = now.plusSeconds(40);
    canary.round(); // which finds itself revoked: its first check is answered so
    assertEquals(1, revocations.size());
    now = now.plusSeconds(1);
    canary.round();
    assertEquals(1, revocations.size());
    assertEquals(
        1, audited.stream().filter(e -> e.action() == AuditEvent.Action.REVOCATION_LIFTED).count());
    assertEquals(2, measured());
  }

  @Test
  void countsWhyARoundHasMeasuredNothing() {
    canary(
            token -> {
              throw new IOException("no server");
            })
        .round();
    canary(token -> "no_rule").round();
    canary(token -> "revocation_stale").round();
    canary(token -> revocations.size() == 0 ? "ok" : "revocation_stale").round();
    assertEquals(1, failed("unreachable"));
    assertEquals(1, failed("not_allowed"));
    assertEquals(2, failed("stale"));
    store.become(new LogHealth.Failed("no disk"));
    canary(token -> "ok").round();
    assertEquals(1, failed("not_revoked"));
    assertEquals(0, measured());
  }

  /** The whole way, by a server's own ext_authz port. */
  @Test
  void triesARealServer() throws Exception {
    int authz = FreePort.next();
    int health = FreePort.next();
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules:
          - {name: canary, methods: [GET], paths: ["/canary"], scopes: [canary]}
        """);
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "tcp://127.0.0.1:%d"
            policy: policy.yaml
            trust:
              - {issuer: "%s", algorithms: [ES256], keys: {feed: "tcp://127.0.0.1:9193"}}
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:0"
            log: {embedded: data/}
            canary:
              target: "tcp://127.0.0.1:%d"
              host: orders.example
              path: /canary
              audience: orders
              scope: canary
              every: 10s
          health: {listen: "http://127.0.0.1:%d"}
          admin: {listen: "http://127.0.0.1:0"}
        """
            .formatted(authz, ISSUER, ISSUER, authz, health));
    try (GatServer _ =
            switch (ConfigReader.read(file)) {
              case ConfigReader.Result.Read read ->
                  GatServer.start(read.config(), OutputStream.nullOutputStream());
              case ConfigReader.Result.Refused refused ->
                  throw new AssertionError(refused.problems());
            };
        HttpClient http = HttpClient.newHttpClient()) {
      String scraped = "";
      while (!scraped.contains("gat_revocation_propagation_seconds_count 1")) {
        scraped =
            http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + health + "/metrics"))
                        .build(),
                    BodyHandlers.ofString())
                .body();
        assertTrue(
            scraped
                .lines()
                .filter(line -> line.startsWith("gat_revocation_canary_failed_total"))
                .allMatch(line -> line.endsWith(" 0.0")),
            scraped);
        Thread.onSpinWait();
      }
    }
  }
}
