package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.audit.AuditEvent;
import io.gat.config.IssuerConfig;
import io.gat.issue.AuditedMinter;
import io.gat.issue.Jitter;
import io.gat.issue.MintRequest;
import io.gat.keys.CryptoProvider;
import io.gat.keys.life.KeyStatus;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogEntry;
import io.gat.log.LogReader;
import io.gat.log.LogRecord;
import io.gat.log.Topic;
import io.gat.server.ControlPlane;
import io.gat.server.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogCommandsTest {
  /** Acceptance revokes what is issued until then plus leeway: nothing is minted before. */
  private static final InstantSource AFTER_THE_LEEWAY =
      InstantSource.offset(InstantSource.system(), Duration.ofSeconds(10));

  @TempDir private Path folder;
  private String config = "";
  private Path log = Path.of(".");

  @BeforeEach
  void writeConfig() throws Exception {
    Path file = folder.resolve("gat.yaml");
    Files.writeString(
        file,
        """
        gat:
          roles: [issuer]
          issuer: {url: "https://gat.example", log: {embedded: data/}}
        """);
    config = file.toString();
    log = folder.resolve("data");
  }

  private Run gat(String command, String... more) {
    String[] all = new String[more.length + 4];
    System.arraycopy(new String[] {"log", command, "--config", config}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return Run.gat(all);
  }

  private EmbeddedLog open() {
    return EmbeddedLog.open(log, InstantSource.system(), "gat serve");
  }

  private static void append(EmbeddedLog log, String payload) {
    assertInstanceOf(
        Appended.At.class,
        log.append(new LogEntry(Topic.REVOCATION, "", payload, Effect.TAKES_AWAY)).join());
  }

  @Test
  void showsALogInUse() {
    try (EmbeddedLog open = open()) {
      append(open, "{}");
      append(open, "{\"a\":1}");
      Run run = gat("status");

      assertEquals(0, run.code(), run.err());
      assertEquals("", run.err());
      assertTrue(run.out().contains("incarnation  " + open.incarnation() + "\n"), run.out());
      assertTrue(run.out().contains("position     2\n"), run.out());
      assertTrue(run.out().contains("health       sound\n"), run.out());
      assertTrue(
          run.out().contains("held by      gat serve, pid " + ProcessHandle.current().pid()),
          run.out());
      assertTrue(run.out().contains("revocation   2 records, 9 bytes\n"), run.out());
      assertTrue(run.out().contains("audit        0 records, 0 bytes\n"), run.out());
      Run json = gat("status", "--output", "json");
      assertEquals(0, json.code());
      assertTrue(json.out().contains("\"revocation\": {\n      \"records\": 2,"), json.out());
      // It is still this log's.
      append(open, "{}");
    }
    assertTrue(gat("status").out().contains("held by      nobody\n"));
  }

  @Test
  void saysThatThereIsNoLog() {
    for (String command : new String[] {"status", "accept"}) {
      Run run = gat(command);
      assertEquals(2, run.code());
      assertTrue(run.err().contains("there is no log"), run.err());
      assertEquals(1, run.err().lines().count());
    }
    assertFalse(Files.exists(log));
  }

  @Test
  void acceptsARestoredLog() throws Exception {
    try (EmbeddedLog open = open()) {
      append(open, "{}");
    }
    Path database = log.resolve("log.db");
    Path backup = folder.resolve("backup.db");
    Files.copy(database, backup, StandardCopyOption.COPY_ATTRIBUTES);
    String before;
    try (EmbeddedLog open = open()) {
      append(open, "{}");
      before = open.incarnation();
      Run held = gat("accept");
      assertEquals(2, held.code());
      assertTrue(held.err().contains("another process writes to this log: gat serve, pid "));
    }
    Run same = gat("accept");
    assertEquals(0, same.code());
    assertTrue(same.out().startsWith("nothing to accept: "), same.out());
    Files.copy(
        backup, database, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);

    Run status = gat("status");
    assertEquals(1, status.code());
    assertTrue(status.out().contains("run: gat log accept --config " + config), status.out());
    Run accepted = gat("accept");
    assertEquals(0, accepted.code(), accepted.err());
    assertTrue(accepted.out().contains(", before: " + before), accepted.out());
    assertTrue(
        accepted.out().contains("position 1; at least 1 later records are lost"), accepted.out());
    assertEquals(0, gat("status").code());
    Run again = gat("accept", "--output", "json");
    assertEquals(0, again.code());
    assertTrue(again.out().contains("\"accepted\": false"), again.out());
  }

  @Test
  void noKeyOfARestoredLogIsTrustedAgain() throws Exception {
    IssuerConfig issuer = IssuerFiles.issuer(ConfigFile.read(Path.of(config)));
    String leaked = mint(issuer);
    Path database = log.resolve("log.db");
    Path backup = folder.resolve("backup.db");
    Files.copy(database, backup, StandardCopyOption.COPY_ATTRIBUTES);
    mint(issuer);
    Files.copy(
        backup, database, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    Run accepted = gat("accept");
    assertEquals(0, accepted.code(), accepted.err());
    assertTrue(accepted.out().contains("all signing keys are revoked (3)"), accepted.out());
    assertTrue(accepted.out().contains("make them again"), accepted.out());

    assertNotEquals(leaked, mint(issuer, AFTER_THE_LEEWAY));
    try (LogReader reader = EmbeddedLog.openReadOnly(log)) {
      assertTrue(
          KeyStatus.read(reader, Duration.ZERO).stream()
              .anyMatch(k -> k.kid().equals(leaked) && k.state().equals("revoked")));
      String revocations =
          String.join(
              "\n",
              reader.read(0, 100, Set.of(Topic.REVOCATION)).stream()
                  .map(LogRecord::payload)
                  .toList());
      assertTrue(
          revocations.lines().anyMatch(r -> r.contains(leaked) && r.contains("\"block\":true")),
          revocations);
      // What `gat token revoke --lift` takes.
      assertTrue(
          revocations
              .lines()
              .filter(r -> r.contains("\"change\":\"added\""))
              .allMatch(r -> r.matches(".*\"id\":\"[A-Za-z0-9_-]{1,128}\".*")),
          revocations);
      assertTrue(
          reader.read(0, 1_000, Set.of(Topic.AUDIT)).stream()
              .anyMatch(r -> r.payload().contains("key_revoked") && r.payload().contains(leaked)));
    }
  }

  @Test
  void logThatWasLostIsNotTakenForANewOne() throws Exception {
    IssuerConfig issuer = IssuerFiles.issuer(ConfigFile.read(Path.of(config)));
    mint(issuer);
    for (String name : new String[] {"log.db", "log.db-wal", "log.db-shm"}) {
      Files.deleteIfExists(log.resolve(name));
    }
    assertEquals(0, gat("accept").code());
    String kid = mint(issuer, AFTER_THE_LEEWAY);
    try (LogReader reader = EmbeddedLog.openReadOnly(log)) {
      assertTrue(
          KeyStatus.read(reader, Duration.ofHours(1)).stream()
              .anyMatch(k -> k.kid().equals(kid) && k.knownFrom().isAfter(Instant.now())));
    }
  }

  /** The id of the key that an issuer on this log signs with. */
  private static String mint(IssuerConfig issuer) throws StartException {
    return mint(issuer, InstantSource.system());
  }

  private static String mint(IssuerConfig issuer, InstantSource clock) throws StartException {
    try (ControlPlane plane =
        ControlPlane.open(
            issuer, "gat serve", CryptoProvider.best(), Duration.ofSeconds(5), clock)) {
      return assertInstanceOf(
              AuditedMinter.Outcome.Minted.class,
              plane
                  .minter()
                  .mint(
                      new MintRequest(
                          "orders",
                          List.of("r"),
                          "alice",
                          "client",
                          Duration.ofSeconds(60),
                          "",
                          Map.of()),
                      Jitter.NONE,
                      new AuditedMinter.Cause(AuditEvent.Actor.system("test"), "", "", ""))
                  .join())
          .token()
          .kid();
    }
  }

  @Test
  void saysWhereALogIsDamaged() throws Exception {
    try (EmbeddedLog open = open()) {
      append(open, "{\"never\":\"changed\"}");
    }
    Path database = log.resolve("log.db");
    byte[] bytes = Files.readAllBytes(database);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("never")] = 'N';
    Files.write(database, bytes);

    Run run = gat("accept");
    assertEquals(2, run.code());
    assertTrue(
        run.err().contains("the log is damaged: topic REVOCATION: the record at position 1"),
        run.err());
    assertTrue(run.err().contains("restore the last backup"), run.err());
    assertEquals(1, run.err().lines().count());
  }
}
