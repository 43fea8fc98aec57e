package io.gat.keys.life;

import static io.gat.keys.life.World.LEAD;
import static io.gat.keys.life.World.TERMS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.keys.TokenSigner;
import io.gat.keys.wrap.FileKeyEncryption;
import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogRecord;
import io.gat.log.MemoryLog;
import io.gat.log.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a start finds in the log and in the folder. */
final class StartTest {
  private static final KeyEventJson.Written WRITTEN = new KeyEventJson.Written("x", World.OPERATOR);

  private final World world = new World();
  @TempDir private Path folder;

  private FileKeyEncryption kek(String name) {
    return FileKeyEncryption.loadOrCreate(folder.resolve(name));
  }

  private SigningKeys start(KeyEncryption kek, List<KeyEncryption> previous) {
    return world.issuer(world.log("a"), TERMS, kek, previous, World.NO_FILE);
  }

  @Test
  void privateKeysAreEncryptedInTheLog() {
    SigningKeys keys = start(kek("kek"), List.of());
    String all =
        String.join(
            "\n",
            world.log("x").read(0, 1_000, Set.of(Topic.KEY)).stream()
                .map(LogRecord::payload)
                .toList());
    assertTrue(all.contains(world.signs(keys)));
    assertFalse(all.contains("\\\"d\\\""), all);
    assertFalse(all.contains("\"d\""), all);
  }

  @Test
  void wrongKeyEncryptionKeyIsOneLine() {
    start(kek("kek"), List.of());
    FileKeyEncryption other = kek("other");
    KeySourceException e = assertThrows(KeySourceException.class, () -> start(other, List.of()));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(kek("kek").id()) && message.contains(other.id()), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void keysGoOverToAnotherKeyEncryptionKey() {
    String before = world.signs(start(kek("kek"), List.of()));
    SigningKeys over = start(kek("other"), List.of(kek("kek")));
    assertEquals(before, world.signs(over));
    assertEquals(
        Set.of(kek("other").id()),
        Set.copyOf(over.ring().keys().stream().map(k -> k.wrapped().kek()).toList()));
    assertEquals(before, world.signs(start(kek("other"), List.of())));
  }

  @Test
  void keysGoOverToAnotherVersionOfTheSame() {
    start(new PlainKek("vault", 1), List.of());
    SigningKeys over = start(new PlainKek("vault", 2), List.of());
    assertTrue(over.ring().keys().stream().allMatch(k -> k.wrapped().text().startsWith("2:")));
  }

  @Test
  void refusesKeyEncryptionKeyThatDoesNotBind() {
    KeyEncryption loose =
        new KeyEncryption() {
          @Override
          public String id() {
            return "loose";
          }

          @Override
          public String wrap(byte[] secret, String binding) {
            return new PlainKek("p", 1).wrap(secret, "");
          }

          @Override
          public byte[] unwrap(String wrapped, String binding) {
            return new PlainKek("p", 1).unwrap(wrapped, "");
          }

          @Override
          public boolean isOutdated(String wrapped) {
            return false;
          }

          @Override
          public void close() {}
        };
    KeySourceException e = assertThrows(KeySourceException.class, () -> start(loose, List.of()));
    assertTrue(String.valueOf(e.getMessage()).contains("associated data"), e.getMessage());
  }

  @Test
  void swappedPrivateKeysAreNoticed() {
    SigningKeys keys = start(kek("kek"), List.of());
    List<KeyEntry> all = List.copyOf(keys.ring().keys());
    KeyEvent swap =
        new KeyEvent.Rewrapped(world.clock.instant(), all.get(1).kid(), all.get(2).wrapped());
    var _ =
        world
            .log("x")
            .append(new LogEntry(Topic.KEY, "", KeyEventJson.write(swap, WRITTEN), Effect.GRANTS))
            .join();
    assertThrows(KeySourceException.class, () -> start(kek("kek"), List.of()));
  }

  @Test
  void damagedRecordStopsTheStart() {
    start(kek("kek"), List.of());
    var _ =
        world
            .log("x")
            .append(new LogEntry(Topic.KEY, "", "{\"type\":\"bad\"}", Effect.GRANTS))
            .join();
    LogException e = assertThrows(LogException.class, () -> start(kek("kek"), List.of()));
    assertTrue(String.valueOf(e.getMessage()).contains("damaged"), e.getMessage());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HS256")
  void keyOfAnEarlierVersionSignsOnWhateverItsAlgorithm(Algorithm algorithm) throws Exception {
    Path file = folder.resolve("signing-key.json");
    SigningKey earlier = SigningKey.loadOrCreate(file, algorithm, World.CRYPTO);
    SigningKeys keys = world.issuer(world.log("a"), TERMS, kek("kek"), List.of(), file);
    assertEquals(earlier.kid(), world.signs(keys));
    assertFalse(Files.exists(file));
    // Readers of the earlier version's key set know no other key.
    assertTrue(
        keys.ring().keys().stream()
            .filter(k -> k.stage() instanceof Stage.Pending)
            .allMatch(k -> k.lead() == KeyEntry.Lead.NEEDED));
    world.pass(LEAD, keys);
    assertEquals(algorithm == TERMS.algorithm(), earlier.kid().equals(world.signs(keys)));
  }

  @Test
  void keyFileThatIsNotOfThisLogStays() {
    SigningKeys first = start(kek("kek"), List.of());
    Path file = folder.resolve("signing-key.json");
    SigningKey other = SigningKey.loadOrCreate(file, Algorithm.ES256, World.CRYPTO);
    SigningKeys keys = world.issuer(world.log("a"), TERMS, kek("kek"), List.of(), file);
    assertTrue(Files.exists(file));
    assertEquals(world.signs(first), world.signs(keys));
    assertNotEquals(other.kid(), world.signs(keys));
  }

  @Test
  void importThatWasCutShortIsFinished() {
    Path file = folder.resolve("signing-key.json");
    SigningKey earlier = SigningKey.loadOrCreate(file, Algorithm.ES256, World.CRYPTO);
    KeyChest chest = new KeyChest(kek("kek"), List.of(), World.CRYPTO);
    KeyEvent published =
        new KeyEvent.Published(
            world.clock.instant(),
            List.of(
                new KeyEvent.NewKey(
                    earlier.kid(), Algorithm.ES256, earlier.publicJwk(), chest.wrap(earlier))));
    var _ =
        world
            .log("a")
            .append(
                new LogEntry(Topic.KEY, "", KeyEventJson.write(published, WRITTEN), Effect.GRANTS))
            .join();
    SigningKeys keys = world.issuer(world.log("a"), TERMS, kek("kek"), List.of(), file);
    assertEquals(earlier.kid(), world.signs(keys));
    assertFalse(Files.exists(file));
  }

  /** The real thing: its own thread and the log's deliveries. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void followsTheLogByItself() throws Exception {
    MemoryLog.Store store = new MemoryLog.Store();
    InstantSource clock = InstantSource.system();
    KeyTerms quick =
        KeyTerms.of(
            Algorithm.EDDSA, Duration.ofMillis(50), Duration.ofMillis(200), 2, Duration.ZERO);
    try (SigningKeys a = started(new MemoryLog(store, "a", clock), quick);
        SigningKeys b = started(new MemoryLog(store, "b", clock), quick)) {
      AtomicReference<KeySet> told = new AtomicReference<>(a.keySet());
      CountDownLatch changes = new CountDownLatch(20);
      a.onKeys(
          set -> {
            told.set(set);
            changes.countDown();
          });
      List<String> signedBy = new ArrayList<>();
      while (changes.getCount() > 0) {
        for (SigningKeys one : List.of(a, b)) {
          if (!one.isReady()) {
            continue;
          }
          String kid =
              one.signer()
                  .sign(
                      "{}",
                      "at+jwt",
                      new TokenSigner.Facts("a", "p", clock.instant().plusSeconds(1)))
                  .kid();
          assertTrue(one == b || World.kids(told.get()).contains(kid));
          signedBy.add(kid);
        }
      }
      assertTrue(Set.copyOf(signedBy).size() > 2);
    }
  }

  @Test
  void closedIssuerDoesNotFailWhoStillBringsItRecords() {
    MemoryLog.Store store = new MemoryLog.Store();
    InstantSource clock = InstantSource.system();
    SigningKeys closed = started(new MemoryLog(store, "a", clock), TERMS);
    try (SigningKeys other = started(new MemoryLog(store, "b", clock), TERMS)) {
      closed.catchUp();
      long before = closed.position();
      closed.close();
      other.rotate(KeyControl.When.KNOWN, World.OPERATOR);
      closed.catchUp();
      assertTrue(closed.position() > before);
    }
  }

  private SigningKeys started(MemoryLog log, KeyTerms terms) {
    return SigningKeys.start(
        new SigningKeys.Parts(
            log,
            event -> CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW)),
            (kid, reason, actor) ->
                CompletableFuture.completedFuture(new Appended.At(1, Appended.Novelty.NEW)),
            KeyReaders.none(),
            InstantSource.system(),
            Uptime.ofProcess(),
            World.CRYPTO),
        terms,
        new KeyChest(new PlainKek("plain", 1), List.of(), World.CRYPTO),
        World.NO_FILE);
  }
}
