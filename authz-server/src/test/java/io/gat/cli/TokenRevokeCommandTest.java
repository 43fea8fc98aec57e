package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.server.GatServer;
import io.gat.server.StartException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Revocations from the command line, against a server that runs. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class TokenRevokeCommandTest {
  @TempDir private Path folder = Path.of("");
  private int issuerPort;
  private GatServer server;

  @BeforeEach
  void start() throws IOException, StartException {
    issuerPort = FreePort.next();
    Files.writeString(
        folder.resolve("gat.yaml"),
        """
        gat:
          roles: [issuer]
          issuer:
            url: "https://gat.example"
            listen: "http://127.0.0.1:%d"
            log: {embedded: data/}
          health: {listen: "http://127.0.0.1:%d"}
          admin: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(issuerPort, FreePort.next(), FreePort.next()));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
  }

  @AfterEach
  void end() {
    server.close();
  }

  private GatConfig read() {
    return switch (ConfigReader.read(folder.resolve("gat.yaml"))) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private Run gat(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", folder.resolve("gat.yaml").toString()));
    return Run.gat(all.toArray(String[]::new));
  }

  private Run mint(String subject) {
    return gat(
        "token",
        "mint",
        "--audience",
        "orders",
        "--scope",
        "orders:read",
        "--subject",
        subject,
        "--client",
        "shop",
        "--ttl",
        "60s");
  }

  private Run revoke(String... more) {
    List<String> all = new ArrayList<>(List.of("token", "revoke", "--reason", "leaked"));
    all.addAll(List.of(more));
    return gat(all.toArray(String[]::new));
  }

  private static String id(Run revoked) {
    assertEquals(0, revoked.code(), revoked.err());
    return revoked.out().replaceAll("\\S+ (\\S+) .*\\s*", "$1");
  }

  private long found(String action) {
    Run found = gat("audit", "search", "--action", action, "--output", "json");
    return found.out().lines().count();
  }

  @Test
  void revokesListsInTheAuditLogAndLifts() {
    String id = id(revoke("--subject", "alice", "--block"));
    assertEquals(1, found("revoked"));
    Run refused = mint("alice");
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("a revocation in force hits it"), refused.err());
    assertEquals(0, mint("bob").code());
    assertEquals(id, id(revoke("--lift", id)));
    assertEquals(1, found("revocation_lifted"));
    assertEquals(0, mint("alice").code());
    Run again = revoke("--lift", id);
    assertEquals(1, again.code());
    assertTrue(again.err().contains("no revocation in force has this id"), again.err());
    assertEquals(1, found("revocation_lifted"));
  }

  @Test
  void saidAgainItIsTheSameRevocation() {
    String id = id(revoke("--client", "shop", "--block"));
    assertEquals(id, id(revoke("--client", "shop", "--block")));
    assertNotEquals(id, id(revoke("--client", "other", "--block")));
  }

  @Test
  void isThereAfterARestart() throws StartException {
    String id = id(revoke("--subject", "alice", "--block"));
    server.close();
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    assertEquals(2, mint("alice").code());
    assertEquals(id, id(revoke("--lift", id)));
    assertEquals(0, mint("alice").code());
  }

  @Test
  void refusesWhatItCannotRead() {
    assertEquals(2, revoke().code());
    assertEquals(2, revoke("--subject", "").code());
    assertEquals(2, revoke("--subject", "a", "--client", "b").code());
    Run future = revoke("--subject", "a", "--issued-before", "2100-01-01T00:00:00Z");
    assertEquals(2, future.code());
    assertTrue(future.err().contains("write a past time"), future.err());
    assertEquals(0, found("revoked"));
  }

  private Run dryRun(String... more) {
    List<String> all = new ArrayList<>(List.of("token", "revoke", "--dry-run"));
    all.addAll(List.of(more));
    return gat(all.toArray(String[]::new));
  }

  @Test
  void aDryRunCountsLiveTokensAndRevokesNothing() {
    String alice = mint("alice").out().strip();
    mint("alice");
    mint("bob");
    Run of = dryRun("--subject", "alice");
    assertEquals(0, of.code(), of.err());
    // Each mint beside the server was admitted by a gat of its own, which is live as well.
    assertTrue(of.out().startsWith("would hit 2 of "), of.out());
    assertTrue(of.out().contains("  audiences      orders 2\n"), of.out());
    assertTrue(of.out().contains("  clients        shop 2\n"), of.out());
    assertTrue(of.out().contains("spared where issued after 20"), of.out());
    assertTrue(of.out().endsWith("nothing was revoked\n"), of.out());
    assertTrue(dryRun("--client", "shop", "--block").out().startsWith("would hit 3 of "));
    assertTrue(
        dryRun("--client", "shop", "--block")
            .out()
            .contains("hit, until the revocation is lifted"));
    Run one = dryRun("--jti", SignedJti.of(alice), "--output", "json");
    assertTrue(one.out().contains("\"hit\": 1,"), one.out());
    assertTrue(one.out().contains("\"complete\": true"), one.out());
    assertEquals(0, found("revoked"));
    Run admitted =
        gat("audit", "search", "--action", "operator_admitted", "--limit", "0", "--output", "json");
    assertEquals(
        4,
        admitted.out().lines().filter(line -> line.contains("/v1/revocations/dry-run")).count(),
        admitted.out());
  }

  @Test
  void aDryRunLeavesOutWhatIsRevokedAlready() {
    mint("alice");
    mint("alice");
    mint("bob");
    id(revoke("--subject", "alice"));
    Run again = dryRun("--subject", "alice");
    assertEquals(1, again.code(), again.err());
    assertTrue(again.out().startsWith("would hit 0 of "), again.out());
    assertTrue(again.out().contains(", and 2 that are revoked already\n"), again.out());
    Run all = dryRun("--audience", "orders");
    assertTrue(all.out().contains("  clients        shop 1\n"), all.out());
    assertEquals(1, found("revoked"));
  }

  @Test
  void aDryRunOfWhatWasIssuedBeforeAnyTokenHitsNone() {
    mint("alice");
    Run none = dryRun("--everything", "--issued-before", "2020-01-01T00:00:00Z");
    assertEquals(1, none.code());
    assertTrue(none.out().startsWith("would hit 0 of "), none.out());
    Run other = dryRun("--everything", "--issuer", "https://other.example");
    assertEquals(1, other.code());
    Run own = dryRun("--everything");
    assertEquals(0, own.code());
    assertTrue(own.out().contains("the operator's gat that was shown, too"), own.out());
  }

  @Test
  void aDryRunLiftsNothing() {
    Run run = dryRun("--lift", "x");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("exclude each other"), run.err());
    assertEquals(2, gat("token", "revoke", "--subject", "a").code());
  }

  /** The {@code jti} of a compact token. */
  private static final class SignedJti {
    static String of(String compact) {
      String claims =
          new String(
              Base64.getUrlDecoder().decode(compact.split("\\.", -1)[1]), StandardCharsets.UTF_8);
      return claims.replaceAll(".*\"jti\":\"([^\"]*)\".*", "$1");
    }
  }

  /** Whoever holds one valid token must not be able to fill the log with it. */
  @Test
  void aHolderWhoRevokesAgainWritesNothing() throws IOException, InterruptedException {
    String token = mint("alice").out().strip();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 5; i++) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + issuerPort + "/oauth2/revoke"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + token))
                .build();
        assertEquals(200, client.send(request, BodyHandlers.ofString()).statusCode());
      }
    }
    assertEquals(1, found("revoked"));
  }
}
