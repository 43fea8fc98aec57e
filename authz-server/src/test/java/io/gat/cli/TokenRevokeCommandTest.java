package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.server.GatServer;
import io.gat.server.StartException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    issuerPort = freePort();
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
            .formatted(issuerPort, freePort(), freePort()));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
  }

  @AfterEach
  void end() {
    server.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
