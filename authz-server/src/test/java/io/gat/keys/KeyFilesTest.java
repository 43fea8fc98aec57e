package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyFilesTest {
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir private Path folder;
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final InstantSource clock = () -> now;
  private final List<KeySet> published = new CopyOnWriteArrayList<>();

  private static String jwks(String kid) {
    return JwksReaderTest.jwks(JwksReaderTest.ec(kid));
  }

  private List<String> kids() {
    return published.getLast().keys().stream().map(VerificationKey::kid).toList();
  }

  @Test
  void publishesAtStartAndOnEachChange() throws IOException {
    Path file = Files.writeString(folder.resolve("jwks.json"), jwks("a"));
    try (KeyFile source = KeyFile.jwks(file, clock, NEVER)) {
      source.start(published::add);
      assertEquals(List.of("a"), kids());
      assertEquals(Instant.MAX, published.getLast().trustedUntil());
      assertTrue(source.look());
      assertEquals(1, published.size());
      Files.writeString(file, jwks("b"));
      assertTrue(source.look());
      assertEquals(List.of("b"), kids());
    }
  }

  @Test
  void keepsLastGoodKeysWhileFileIsBad() throws IOException {
    Path file = folder.resolve("jwks.json");
    String good = jwks("a");
    Files.writeString(file, good);
    try (KeyFile source = KeyFile.jwks(file, clock, NEVER)) {
      source.start(published::add);
      Files.writeString(file, "{");
      assertFalse(source.look());
      Files.delete(file);
      assertFalse(source.look());
      assertEquals(1, published.size());
      VerificationKey before = published.getLast().keys().getFirst();
      Files.writeString(file, good + "\n");
      assertTrue(source.look());
      assertSame(before, published.getLast().keys().getFirst());
    }
  }

  @Test
  void followsTheLinksOfConfigMap() throws IOException {
    Path one = Files.createDirectory(folder.resolve("..1"));
    Path two = Files.createDirectory(folder.resolve("..2"));
    Files.writeString(one.resolve("jwks.json"), jwks("a"));
    Files.writeString(two.resolve("jwks.json"), jwks("b"));
    Path data = Files.createSymbolicLink(folder.resolve("..data"), one);
    Path file =
        Files.createSymbolicLink(folder.resolve("jwks.json"), Path.of("..data", "jwks.json"));
    try (KeyFile source = KeyFile.jwks(file, clock, NEVER)) {
      source.start(published::add);
      Files.delete(data);
      Files.createSymbolicLink(data, two);
      assertTrue(source.look());
      assertEquals(List.of("b"), kids());
    }
  }

  @Test
  void noticesChangeByItself() throws Exception {
    Path file = Files.writeString(folder.resolve("jwks.json"), jwks("a"));
    CountDownLatch both = new CountDownLatch(2);
    try (KeyFile source = KeyFile.jwks(file, clock, Duration.ofMillis(1))) {
      source.start(
          keys -> {
            published.add(keys);
            both.countDown();
          });
      Path next = Files.writeString(folder.resolve("next"), jwks("b"));
      Files.move(
          next,
          file,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertTrue(both.await(30, TimeUnit.SECONDS));
      assertEquals(List.of("b"), kids());
    }
  }

  @Test
  void unknownKeyReadsFileAtMostOncePerTenSeconds() throws IOException {
    Path file = Files.writeString(folder.resolve("jwks.json"), jwks("a"));
    try (KeyFile source = KeyFile.jwks(file, clock, NEVER)) {
      source.start(published::add);
      Files.writeString(file, jwks("b"));
      assertTrue(source.refreshForUnknownKey(Duration.ZERO));
      assertEquals(List.of("b"), kids());
      now = now.plusMillis(9_999);
      assertFalse(source.refreshForUnknownKey(Duration.ZERO));
      now = now.plusMillis(1);
      assertTrue(source.refreshForUnknownKey(Duration.ZERO));
    }
  }

  @Test
  void publishesNothingOnceClosed() throws IOException {
    Path file = Files.writeString(folder.resolve("jwks.json"), jwks("a"));
    KeyFile source = KeyFile.jwks(file, clock, NEVER);
    source.start(published::add);
    source.close();
    Files.writeString(file, jwks("b"));
    source.look();
    assertEquals(1, published.size());
  }

  @Test
  void missingFileIsOneLineWithRemedy() {
    Path file = folder.resolve("none.json");
    KeySourceException e =
        assertThrows(
            KeySourceException.class, () -> KeyFile.jwks(file, clock).start(published::add));
    assertEquals(file + ": no such file; name the issuer's JWKS file", e.getMessage());
    assertThrows(KeySourceException.class, () -> KeyFile.jwks(folder, clock).start(published::add));
  }

  private Path secret(int bytes, String mode) throws IOException {
    Path file = Files.write(folder.resolve("secret.bin"), new byte[bytes]);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void readsSecretAsRawBytes() throws IOException {
    Path file = secret(32, "rw-------");
    byte[] raw = new byte[32];
    raw[0] = '\n';
    raw[31] = (byte) 0xff;
    Files.write(file, raw);
    try (KeyFile source = KeyFile.secret(file, clock, NEVER)) {
      source.start(published::add);
      VerificationKey key = published.getLast().keys().getFirst();
      assertEquals("", key.kid());
      assertTrue(key.fits(Algorithm.HS256));
      assertFalse(key.fits(Algorithm.ES256));
      assertArrayEquals(raw, key.key().getEncoded());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rw-----w-", "rw-r--r--"})
  void refusesSecretThatOthersCanRead(String mode) throws IOException {
    Path file = secret(32, mode);
    KeySourceException e =
        assertThrows(
            KeySourceException.class, () -> KeyFile.secret(file, clock).start(published::add));
    assertTrue(String.valueOf(e.getMessage()).endsWith("run: chmod 600 " + file));
    assertEquals(List.of(), published);
  }

  @Test
  void refusesShortSecret() throws IOException {
    Path file = secret(31, "rw-------");
    KeySourceException e =
        assertThrows(
            KeySourceException.class, () -> KeyFile.secret(file, clock).start(published::add));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith(file + ": 31 bytes; HS256 needs 32 or more; "));
  }
}
