package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.server.GatServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which authz servers follow an issuer, from the command line. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class LogStatusFollowersTest {
  @TempDir private Path folder = Path.of("");
  private Path issuer = Path.of("");
  private Path authz = Path.of("");

  @BeforeEach
  void files() throws IOException {
    int feed = FreePort.next();
    issuer =
        Files.writeString(
            folder.resolve("issuer.yaml"),
            """
            gat:
              roles: [issuer]
              issuer:
                url: "https://gat.example"
                listen: "http://127.0.0.1:0"
                log: {embedded: data/}
                feed: {listen: "tcp://127.0.0.1:%d"}
              health: {listen: "http://127.0.0.1:0"}
              admin: {listen: "http://127.0.0.1:%d"}
            """
                .formatted(feed, FreePort.next()));
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [orders.example]
        audience: orders
        rules: [{name: health, paths: ["/healthz"], public: true}]
        """);
    authz =
        Files.writeString(
            folder.resolve("authz.yaml"),
            """
            gat:
              roles: [authz]
              authz:
                listen: "unix://%s"
                policy: policy.yaml
                trust:
                  - issuer: "https://gat.example"
                    algorithms: [ES256]
                    keys: {feed: "tcp://127.0.0.1:%d"}
                freshness: {max-staleness: 60s}
              health: {listen: "http://127.0.0.1:0"}
              admin: {listen: "http://127.0.0.1:0"}
            """
                .formatted(folder.resolve("a.sock"), feed));
  }

  private static GatServer start(Path config) throws Exception {
    return switch (ConfigReader.read(config)) {
      case ConfigReader.Result.Read read ->
          GatServer.start(read.config(), OutputStream.nullOutputStream());
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private Run status(String... more) {
    String[] all = new String[more.length + 4];
    System.arraycopy(new String[] {"log", "status", "--config", issuer.toString()}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return Run.gat(all);
  }

  @Test
  void showsEachConnectedServerWithPositionLagAndLease() throws Exception {
    try (var _ = start(issuer)) {
      Run nobody = status();
      assertEquals(0, nobody.code(), nobody.err());
      assertTrue(
          nobody.out().contains("authz        0 connected, 0 stale, 0 behind\n"), nobody.out());
      try (var _ = start(authz)) {
        assertEquals(
            0,
            Run.gat(
                    "token",
                    "revoke",
                    "--config",
                    issuer.toString(),
                    "--subject",
                    "alice",
                    "--reason",
                    "a test")
                .code());
        // The server tells its position with the next change or proof.
        Run one = status();
        while (!one.out().contains("1 connected, 0 stale, 0 behind")) {
          assertEquals(0, one.code(), one.err());
          one = status();
        }
        String row =
            one.out()
                .lines()
                .filter(line -> line.contains("/" + ProcessHandle.current().pid()))
                .findFirst()
                .orElse("");
        assertTrue(row.matches("  \\S+/\\d+ +[1-9]\\d* +0 +\\d+\\.\\ds"), row);
        assertTrue(one.out().contains("writer       embedded\n"), one.out());
        Run json = status("--output", "json");
        assertTrue(json.out().contains("\"lag\": 0,"), json.out());
        assertTrue(json.out().contains("\"writer\": \"embedded\""), json.out());
        assertTrue(
            status("--offline").out().contains("authz        servers not known: nobody was asked"));
      }
    }
    Run offline = status();
    assertEquals(0, offline.code(), offline.err());
    assertTrue(
        offline
            .out()
            .contains("servers not known: the issuer does not run, and only it knows them\n"),
        offline.out());
  }

  @Test
  void saysWhyNobodyCanTell() throws Exception {
    try (var _ = start(issuer)) {
      Files.delete(folder.resolve("data/operator-token"));
      Run run = status();
      assertEquals(0, run.code(), run.err());
      assertTrue(run.out().contains("servers not known: no operator's gat: "), run.out());
    }
  }
}
