package io.gat.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SigningKeyTest {
  private static final CryptoProvider PROVIDER = CryptoProvider.best();

  @TempDir private Path folder;

  private static boolean verifies(VerificationKey key, Algorithm algorithm, String compact) {
    int dot = compact.lastIndexOf('.');
    return new Signatures(CryptoProvider.jdk())
        .verify(
            algorithm,
            key,
            compact.substring(0, dot).getBytes(StandardCharsets.US_ASCII),
            Base64.getUrlDecoder().decode(compact.substring(dot + 1)));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HS256")
  void keyInFileIsTheSameKeyAgain(Algorithm algorithm) {
    Path file = folder.resolve("deep/er/key.jwk");
    SigningKey made = SigningKey.loadOrCreate(file, algorithm, PROVIDER);
    SigningKey loaded = SigningKey.loadOrCreate(file, Algorithm.ES256, PROVIDER);
    assertEquals(algorithm, loaded.algorithm());
    assertEquals(made.kid(), loaded.kid());
    assertEquals(made.publicJwks(), loaded.publicJwks());
    assertTrue(verifies(made.verificationKey(), algorithm, loaded.sign("{}", "at+jwt")));
  }

  @Test
  void fileIsForItsOwnerAlone() throws IOException {
    Path file = folder.resolve("keys/key.jwk");
    SigningKey.loadOrCreate(file, Algorithm.ES256, PROVIDER);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("keys"))));
    try (var files = Files.list(folder.resolve("keys"))) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw-rw-"})
  void refusesFileThatOthersCanRead(String mode) throws IOException {
    Path file = folder.resolve("key.jwk");
    SigningKey.loadOrCreate(file, Algorithm.ES256, PROVIDER);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    KeySourceException e =
        assertThrows(KeySourceException.class, () -> SigningKey.load(file, PROVIDER));
    assertTrue(String.valueOf(e.getMessage()).endsWith("run: chmod 600 " + file));
  }

  @Test
  void refusesFileThatIsNoPrivateKey() throws Exception {
    Path file = folder.resolve("key.jwk");
    SigningKey key = SigningKey.loadOrCreate(file, Algorithm.ES256, PROVIDER);
    Map<String, Object> jwk = new TreeMap<>(StrictJson.object(Files.readString(file)));
    Map<String, Object> foreign =
        PublicJsonWebKey.Factory.newPublicJwk(
                SigningKey.generate(Algorithm.ES256, PROVIDER).verificationKey().key())
            .toParams(org.jose4j.jwk.JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    String secret = String.valueOf(jwk.get("d"));
    Map<String, Object> mixed = new TreeMap<>(jwk);
    mixed.putAll(foreign);
    Map<String, Object> wrongAlgorithm = new TreeMap<>(jwk);
    wrongAlgorithm.put("alg", "EdDSA");
    Map<String, Object> publicOnly = new TreeMap<>(jwk);
    publicOnly.remove("d");
    for (String bad :
        List.of(
            "",
            "{}",
            "[]",
            secret,
            "{\"kty\":\"oct\",\"k\":\"" + secret + "\"}",
            key.publicJwks(),
            JsonUtil.toJson(mixed),
            JsonUtil.toJson(wrongAlgorithm),
            JsonUtil.toJson(publicOnly),
            Files.readString(file).substring(0, 60))) {
      Files.writeString(file, bad);
      KeySourceException e =
          assertThrows(KeySourceException.class, () -> SigningKey.load(file, PROVIDER), bad);
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(file + ": "), message);
      assertFalse(message.contains(secret), message);
      assertEquals(1, message.lines().count());
    }
  }

  @Test
  void publishesThePublicHalfOnly() throws Exception {
    for (Algorithm algorithm : List.of(Algorithm.ES256, Algorithm.EDDSA, Algorithm.RS256)) {
      SigningKey key = SigningKey.generate(algorithm, PROVIDER);
      // The reader refuses every set with a private member in it.
      VerificationKey read = new JwksReader("jwks").read(key.publicJwks()).getFirst();
      assertEquals(key.kid(), read.kid());
      assertTrue(read.fits(algorithm));
      assertTrue(verifies(read, algorithm, key.sign("{\"a\":1}", "at+jwt")));
      assertFalse(
          verifies(read, algorithm, key.sign("{\"a\":1}", "at+jwt").replaceFirst("^.", "f")));
    }
  }

  @Test
  void idIsTheThumbprintOfRfc7638() throws Exception {
    SigningKey key = SigningKey.generate(Algorithm.ES256, PROVIDER);
    Map<String, Object> jwks = StrictJson.object(key.publicJwks());
    Map<?, ?> jwk =
        (Map<?, ?>) ((List<?>) java.util.Objects.requireNonNull(jwks.get("keys"))).getFirst();
    String canonical =
        "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\""
            + jwk.get("x")
            + "\",\"y\":\""
            + jwk.get("y")
            + "\"}";
    byte[] hash =
        java.security.MessageDigest.getInstance("SHA-256")
            .digest(canonical.getBytes(StandardCharsets.US_ASCII));
    assertEquals(Base64.getUrlEncoder().withoutPadding().encodeToString(hash), key.kid());
    assertNotEquals(key.kid(), SigningKey.generate(Algorithm.ES256, PROVIDER).kid());
  }

  @Test
  void neverShowsTheSecret() throws Exception {
    Path file = folder.resolve("key.jwk");
    SigningKey key = SigningKey.loadOrCreate(file, Algorithm.ES256, PROVIDER);
    String secret = String.valueOf(StrictJson.object(Files.readString(file)).get("d"));
    assertFalse(key.toString().contains(secret));
    assertFalse(key.publicJwks().contains(secret));
    assertFalse(key.verificationKey().toString().contains(secret));
  }

  @Test
  void processesThatStartTogetherGetOneKey() throws Exception {
    Path file = folder.resolve("key.jwk");
    int starters = 8;
    Set<String> kids = new ConcurrentSkipListSet<>();
    CyclicBarrier start = new CyclicBarrier(starters);
    CountDownLatch done = new CountDownLatch(starters);
    for (int i = 0; i < starters; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  start.await();
                  kids.add(SigningKey.loadOrCreate(file, Algorithm.ES256, PROVIDER).kid());
                } catch (Exception e) {
                  kids.add(e.toString());
                } finally {
                  done.countDown();
                }
              });
    }
    assertTrue(done.await(30, TimeUnit.SECONDS));
    assertEquals(Set.of(SigningKey.load(file, PROVIDER).kid()), kids);
  }

  @Test
  void folderThatCannotBeWrittenIsOneLineWithRemedy() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x").resolve("key.jwk");
    KeySourceException e =
        assertThrows(
            KeySourceException.class,
            () -> SigningKey.loadOrCreate(file, Algorithm.ES256, PROVIDER));
    assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": cannot be written: "));
  }
}
