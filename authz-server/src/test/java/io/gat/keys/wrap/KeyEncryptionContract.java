package io.gat.keys.wrap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link KeyEncryption} does. */
abstract class KeyEncryptionContract {
  private static final CryptoProvider CRYPTO = CryptoProvider.best();
  private static final byte[] SECRET = "a private key".getBytes(StandardCharsets.UTF_8);

  /** One key-encryption key, opened once more each time. */
  abstract KeyEncryption kek() throws Exception;

  /** Another key-encryption key of the same kind. */
  abstract KeyEncryption other() throws Exception;

  private static void assertTold(KeySourceException e) {
    String message = String.valueOf(e.getMessage());
    assertFalse(message.contains("\n"), message);
    assertFalse(message.contains("a private key"), message);
    assertTrue(message.contains(";"), message);
  }

  @Test
  void givesBackWhatItWasGiven() throws Exception {
    try (KeyEncryption kek = kek()) {
      assertArrayEquals(SECRET, kek.unwrap(kek.wrap(SECRET, "k1"), "k1"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 200, 4096, 16384})
  void takesEveryLength(int length) throws Exception {
    byte[] secret = new byte[length];
    new SplittableRandom(length).nextBytes(secret);
    try (KeyEncryption kek = kek()) {
      assertArrayEquals(secret, kek.unwrap(kek.wrap(secret, "k1"), "k1"));
    }
  }

  @Test
  void isTheSameAfterARestart() throws Exception {
    String wrapped;
    String id;
    try (KeyEncryption kek = kek()) {
      wrapped = kek.wrap(SECRET, "k1");
      id = kek.id();
    }
    try (KeyEncryption again = kek()) {
      assertArrayEquals(SECRET, again.unwrap(wrapped, "k1"));
      assertEquals(id, again.id());
      assertFalse(again.isOutdated(wrapped));
    }
  }

  @Test
  void refusesAnotherBinding() throws Exception {
    try (KeyEncryption kek = kek()) {
      String wrapped = kek.wrap(SECRET, "k1");
      assertTold(assertThrows(KeySourceException.class, () -> kek.unwrap(wrapped, "k2")));
    }
  }

  @Test
  void anotherKeyOpensNothingAndHasAnotherId() throws Exception {
    try (KeyEncryption kek = kek()) {
      String wrapped = kek.wrap(SECRET, "k1");
      try (KeyEncryption other = other()) {
        assertTold(assertThrows(KeySourceException.class, () -> other.unwrap(wrapped, "k1")));
        assertNotEquals(kek.id(), other.id());
      }
    }
  }

  @Test
  void refusesEveryChange() throws Exception {
    try (KeyEncryption kek = kek()) {
      String wrapped = kek.wrap(SECRET, "k1");
      for (int i = 0; i < wrapped.length(); i++) {
        char c = wrapped.charAt(i);
        String changed =
            wrapped.substring(0, i) + (c == 'A' ? 'B' : 'A') + wrapped.substring(i + 1);
        // The last character of base64 may have bits that stand for nothing.
        if (i < wrapped.length() - 2) {
          assertTold(assertThrows(KeySourceException.class, () -> kek.unwrap(changed, "k1")));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gcm1.", "gcm1.AAAA", "vault:v1:AAAA", "vault:v1:", "\u00e4", "null"})
  void refusesWhatItHasNotMade(String text) throws Exception {
    try (KeyEncryption kek = kek()) {
      assertTold(assertThrows(KeySourceException.class, () -> kek.unwrap(text, "k1")));
    }
  }

  @Test
  void neverMakesTheSameTextTwiceNorShowsTheSecret() throws Exception {
    try (KeyEncryption kek = kek()) {
      String one = kek.wrap(SECRET, "k1");
      assertNotEquals(one, kek.wrap(SECRET, "k1"));
      assertFalse(one.contains("private"));
      assertTrue(one.chars().allMatch(c -> c > 0x20 && c < 0x7f));
    }
  }

  @Test
  void idCanBeShown() throws Exception {
    try (KeyEncryption kek = kek()) {
      assertTrue(kek.id().matches("[!-~]{1,200}"), kek.id());
      assertTrue(kek.toString().contains(kek.id()));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HS256")
  void keepsSigningKeys(Algorithm algorithm) throws Exception {
    SigningKey key = SigningKey.generate(algorithm, CRYPTO);
    try (KeyEncryption kek = kek()) {
      SigningKey again = SigningKey.unwrap(key.wrap(kek), key.kid(), kek, CRYPTO);
      assertEquals(key.publicJwk(), again.publicJwk());
      SigningKey another = SigningKey.generate(algorithm, CRYPTO);
      assertThrows(
          KeySourceException.class,
          () -> SigningKey.unwrap(another.wrap(kek), key.kid(), kek, CRYPTO));
    }
  }

  @Test
  void worksForManyAtATime() throws Exception {
    try (KeyEncryption kek = kek();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<byte[]>> work = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String binding = "k" + i;
        work.add(() -> kek.unwrap(kek.wrap(SECRET, binding), binding));
      }
      for (Future<byte[]> done : threads.invokeAll(work)) {
        assertArrayEquals(SECRET, done.get());
      }
    }
  }
}
