package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.issue.ruling.ApprovalWish;
import io.gat.issue.ruling.Approvals;
import io.gat.log.EmbeddedLog;
import io.gat.server.GatServer;
import io.gat.server.StartException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Second persons at the command line, against a server that runs. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ApproveCommandTest {
  @TempDir private Path folder = Path.of("");
  private GatServer server;
  private final List<String> ids = new ArrayList<>();

  /** Questions that wait in the log when the server starts. */
  @BeforeEach
  void start() throws IOException, StartException {
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
            .formatted(FreePort.next(), FreePort.next(), FreePort.next()));
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    server.close();
    try (EmbeddedLog log =
            EmbeddedLog.open(folder.resolve("data"), InstantSource.system(), "test");
        Approvals approvals = new Approvals(log)) {
      for (String scope : List.of("rows:export", "rows:read")) {
        ids.add(
            ((Approvals.Asked.Waits) approvals.ask(wish(scope), Instant.now())).approval().id());
      }
    }
    server = GatServer.start(read(), OutputStream.nullOutputStream());
  }

  @AfterEach
  void end() {
    server.close();
  }

  private static ApprovalWish wish(String scope) {
    return new ApprovalWish(
        "client:notebook",
        "notebook",
        "oidc:https://idp.example#bob",
        Set.of("client:notebook", "notebook", "oidc:https://idp.example#bob", "bob"),
        "warehouse",
        List.of(scope),
        Duration.ofSeconds(60),
        ApprovalWish.Binding.CERTIFICATE,
        Map.of("purpose", "audit"),
        "data/export",
        scope.equals("rows:read") ? Set.of("dave", "bob") : Set.of(),
        Duration.ofMinutes(30));
  }

  private GatConfig read() {
    return switch (ConfigReader.read(folder.resolve("gat.yaml"))) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private String config() {
    return folder.resolve("gat.yaml").toString();
  }

  /** A command of an operator of this name. */
  private Run as(String operator, String... arguments) throws IOException {
    Path gat = folder.resolve(operator + ".gat");
    if (!Files.exists(gat)) {
      Run made =
          Run.gat(
              "operator",
              "token",
              "--config",
              config(),
              "--subject",
              operator,
              "--scope",
              "gat:approve gat:audit",
              "--out",
              gat.toString());
      assertEquals(0, made.code(), made.err());
    }
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", config(), "--operator-token", gat.toString()));
    return Run.run(
        "",
        (c, d) -> {
          throw new AssertionError();
        },
        new HashMap<>(),
        all.toArray(String[]::new));
  }

  private long found(String action) {
    Run found =
        Run.gat("audit", "search", "--config", config(), "--action", action, "--output", "json");
    return found.out().lines().count();
  }

  @Test
  void aSecondPersonLooksAndSaysYesForATime() throws Exception {
    Run list = as("carol", "approve", "list");
    assertEquals(0, list.code(), list.err());
    assertTrue(list.out().contains(ids.getFirst() + "  pending"), list.out());
    assertTrue(
        list.out()
            .contains(
                "client:notebook asks for [rows:export] at warehouse about"
                    + " oidc:https://idp.example#bob"),
        list.out());
    assertTrue(list.out().contains("rule data/export, 60 s each, purpose=audit"), list.out());
    Run yes =
        as("carol", "approve", ids.getFirst(), "--for", "10m", "--reason", "audit 7 of the year");
    assertEquals(0, yes.code(), yes.err());
    assertTrue(yes.out().startsWith("granted " + ids.getFirst() + " until "), yes.out());
    assertEquals(1, found("approval_granted"));
    Run again = as("dave", "approve", ids.getFirst(), "--reason", "me too");
    assertEquals(1, again.code(), again.out());
    assertTrue(again.err().contains("it was granted already"), again.err());
    server.close();
    server = GatServer.start(read(), OutputStream.nullOutputStream());
    Run after = as("dave", "approve", "list");
    assertTrue(after.out().contains(ids.getFirst() + "  granted until "), after.out());
    assertTrue(after.out().contains("; by carol: audit 7 of the year"), after.out());
  }

  @Test
  void nobodyApprovesTheirOwnAndOnlyWhoMay() throws Exception {
    for (String self : List.of("bob", "notebook", "client:notebook")) {
      Run own = as(self.replace(':', '-'), "approve", "list");
      assertEquals(0, own.code(), own.err());
    }
    Run own = as("bob", "approve", ids.getFirst(), "--reason", "it is fine");
    assertEquals(1, own.code(), own.out());
    assertTrue(own.err().contains("nobody approves what they ask for themselves"), own.err());
    Run named = as("bob", "approve", ids.getLast(), "--reason", "I am named");
    assertEquals(1, named.code(), named.out());
    Run other = as("carol", "approve", ids.getLast(), "--reason", "let me");
    assertEquals(1, other.code(), other.out());
    assertTrue(other.err().contains("wants another operator's yes"), other.err());
    assertEquals(3, found("approval_refused"));
    assertEquals(0, found("approval_granted"));
    assertEquals(0, as("dave", "approve", ids.getLast(), "--reason", "looks right").code());
  }

  @Test
  void saysNo() throws Exception {
    Run no = as("carol", "approve", ids.getFirst(), "--refuse", "--reason", "no ticket");
    assertEquals(0, no.code(), no.err());
    assertEquals("refused " + ids.getFirst(), no.out().strip());
    assertEquals(1, found("approval_refused"));
    assertEquals(1, as("dave", "approve", ids.getFirst(), "--reason", "why not").code());
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    assertEquals(2, as("carol", "approve", "--reason", "x").code());
    assertEquals(2, as("carol", "approve", ids.getFirst()).code());
    assertEquals(2, as("carol", "approve", "a/b", "--reason", "x").code());
    assertEquals(
        2,
        as("carol", "approve", ids.getFirst(), "--refuse", "--for", "1m", "--reason", "x").code());
    Run span = as("carol", "approve", ids.getFirst(), "--for", "soon", "--reason", "x");
    assertEquals(2, span.code());
    assertTrue(span.err().contains("for: write a span such as 30m"), span.err());
    Run none = as("carol", "approve", "unknown-id", "--reason", "x");
    assertEquals(1, none.code());
    assertTrue(none.err().contains("nothing waits under this id"), none.err());
  }
}
