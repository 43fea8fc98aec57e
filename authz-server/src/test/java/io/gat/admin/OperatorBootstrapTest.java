package io.gat.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.admin.OperatorBootstrap.Result;
import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SigningKey;
import io.gat.keys.TrustedKeys;
import io.gat.log.Appended;
import io.gat.log.LogHealth;
import io.gat.log.LogRecord;
import io.gat.log.MemoryLog;
import io.gat.log.Topic;
import io.gat.revocation.FeedView;
import io.gat.revocation.Lease;
import io.gat.revocation.Moment;
import io.gat.revocation.RevocationSet;
import io.gat.token.JoseTokenVerifier;
import io.gat.token.TrustedIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first operator's gat. */
final class OperatorBootstrapTest {
  private static final String ISSUER = "https://gat.example";

  @TempDir private Path folder;
  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CryptoProvider.jdk());
  private final OperatorGats gats = new TestGats(ISSUER, key);
  private final MemoryLog.Store store = new MemoryLog.Store();
  private final TestGats.Trail trail = new TestGats.Trail();

  private Path file() {
    return folder.resolve("data/operator-token");
  }

  private Result run() {
    return new OperatorBootstrap(
            new MemoryLog(store, "one", InstantSource.system()), trail, gats, file())
        .run();
  }

  @Test
  void writesAGatThatMakesAnOperatorOfEverything() throws IOException {
    assertEquals(Result.WRITTEN, run());
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file()));
    assertEquals(
        PosixFilePermissions.fromString("rwx------"),
        Files.getPosixFilePermissions(folder.resolve("data")));
    String gat = Files.readString(file()).strip();
    TrustedKeys keys =
        TrustedKeys.none()
            .with(ISSUER, new KeySet(List.of(key.verificationKey()), Instant.now(), Instant.MAX));
    TrustedIssuer terms =
        new TrustedIssuer(
            ISSUER,
            Set.of(Algorithm.ES256),
            Set.of("at+jwt"),
            List.of("sub", "jti", "client_id", "scope"),
            Map.of(),
            TrustedIssuer.Audiences.ONE);
    Moment.Source clock = Moment.Source.system();
    OperatorGate gate =
        new OperatorGate(
            new JoseTokenVerifier(
                List.of(terms),
                Duration.ofSeconds(5),
                Duration.ofMinutes(15),
                CryptoProvider.jdk()),
            () ->
                new OperatorGate.Evidence(
                    Map.of(
                        ISSUER,
                        new FeedView(
                            Lease.proved(clock.now(), Duration.ofSeconds(5)),
                            0,
                            RevocationSet.empty())),
                    keys),
            issuer -> false,
            clock);
    for (String path : List.of("/v1/explain", "/v1/revocations", "/v1/keys/rotate", "/v1/tokens")) {
      assertTrue(
          gate.admit("POST", path, List.of("Bearer " + gat), "r")
              instanceof OperatorGate.Admission.Admitted,
          path);
    }
  }

  @Test
  void tellsTheAuditLogAndTheLogButNotTheGat() throws IOException {
    run();
    AuditEvent event = trail.events().getFirst();
    assertEquals(1, trail.events().size());
    assertEquals(Action.OPERATOR_BOOTSTRAPPED, event.action());
    assertEquals(
        List.of("gat:approve", "gat:audit", "gat:keys", "gat:mint", "gat:revoke"), event.scopes());
    assertEquals(List.of("gat-admin"), event.audiences());
    LogRecord record =
        new MemoryLog(store, "reader", InstantSource.system())
            .find(Topic.OPERATOR, OperatorBootstrap.ID)
            .orElseThrow();
    String told = record.payload() + event;
    assertTrue(record.payload().contains(event.tokenId()));
    assertFalse(told.contains("eyJ"), told);
    assertFalse(told.contains(Files.readString(file()).strip()));
  }

  @Test
  void neverWritesAgain() throws IOException {
    assertEquals(Result.WRITTEN, run());
    Files.delete(file());
    assertEquals(Result.DONE_BEFORE, run());
    assertFalse(Files.exists(file()));
    assertEquals(1, trail.events().size());
  }

  @Test
  void replacesWhatIsThereFromAnotherLog() throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(file(), "old");
    assertEquals(Result.WRITTEN, run());
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file()));
    assertTrue(Files.readString(file()).startsWith("eyJ"));
  }

  @Test
  void isWrittenByOneOfManyIssuers() {
    ConcurrentLinkedQueue<Result> results = new ConcurrentLinkedQueue<>();
    CompletableFuture.allOf(
            IntStream.range(0, 8)
                .mapToObj(
                    i ->
                        CompletableFuture.runAsync(
                            () ->
                                results.add(
                                    new OperatorBootstrap(
                                            new MemoryLog(store, "w" + i, InstantSource.system()),
                                            trail,
                                            gats,
                                            folder.resolve("token-" + i))
                                        .run())))
                .toArray(CompletableFuture[]::new))
        .join();
    assertEquals(1, results.stream().filter(r -> r == Result.WRITTEN).count());
    assertEquals(7, results.stream().filter(r -> r == Result.DONE_BEFORE).count());
  }

  @Test
  void leavesNoGatWhereTheLogsDoNotTakeIt() {
    store.become(new LogHealth.Full());
    assertEquals(Result.FAILED, run());
    store.become(new LogHealth.Failed("gone"));
    assertEquals(Result.FAILED, run());
    assertFalse(Files.exists(file()));
    store.become(new LogHealth.Sound());
    trail.answer(new Appended.Full());
    assertEquals(Result.FAILED, run());
    assertFalse(Files.exists(file()));
  }

  @Test
  void goesOnWhereTheFileCannotBeWritten() throws IOException {
    Files.writeString(folder.resolve("data"), "a file where the folder should be");
    assertEquals(Result.FAILED, run());
    assertEquals(Result.DONE_BEFORE, run());
  }

  @Test
  void goesOnWhereNoGatCanBeMade() {
    OperatorGats none =
        (subject, client, scopes, life) -> {
          throw new IllegalStateException("no key is active");
        };
    assertEquals(
        Result.FAILED,
        new OperatorBootstrap(
                new MemoryLog(store, "one", InstantSource.system()), trail, none, file())
            .run());
    assertEquals(Result.WRITTEN, run()); // nothing was claimed
  }

  @Test
  void showsNothingOfTheGat() {
    OperatorGats.Made made = gats.make("s", "c", OperatorGats.ALL_SCOPES, OperatorGats.LONGEST);
    assertFalse(made.toString().contains("eyJ"));
  }
}
