package io.gat.keys.wrap;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real SoftHSM2. */
final class Pkcs11KeyEncryptionTest extends KeyEncryptionContract {
  private static final String TOKEN = "gat-" + UUID.randomUUID().toString().substring(0, 20);
  private static final String LOCKED = "gat-" + UUID.randomUUID().toString().substring(0, 20);
  private static final Map<String, String> SAFE =
      Map.of(
          "CKA_TOKEN", "true",
          "CKA_SENSITIVE", "true",
          "CKA_EXTRACTABLE", "false",
          "CKA_ENCRYPT", "true",
          "CKA_DECRYPT", "true");

  @TempDir private static Path folder;

  @BeforeAll
  static void makeTokens() throws Exception {
    Path _ = SoftHsm.library();
    SoftHsm.configure();
    SoftHsm.makeToken(TOKEN);
    SoftHsm.makeToken(LOCKED);
    SoftHsm.makeKey(TOKEN, "kek", 256, SAFE);
    SoftHsm.makeKey(TOKEN, "other", 128, SAFE);
    SoftHsm.makeKey(
        TOKEN,
        "readable",
        256,
        Map.of("CKA_TOKEN", "true", "CKA_SENSITIVE", "false", "CKA_EXTRACTABLE", "true"));
  }

  @AfterAll
  static void deleteTokens() throws Exception {
    SoftHsm.deleteToken(TOKEN);
    SoftHsm.deleteToken(LOCKED);
  }

  private static KeyEncryption open(Path library, String token, String pin, String label) {
    return Pkcs11KeyEncryption.open(
        new Pkcs11KeyEncryption.Place(library, token, SoftHsm.pinFile(folder, pin), label));
  }

  @Override
  KeyEncryption kek() {
    return open(SoftHsm.library(), TOKEN, SoftHsm.PIN, "kek");
  }

  @Override
  KeyEncryption other() {
    return open(SoftHsm.library(), TOKEN, SoftHsm.PIN, "other");
  }

  private static String refusal(Path library, String token, String pin, String label) {
    KeySourceException e =
        assertThrows(KeySourceException.class, () -> open(library, token, pin, label).close());
    String message = String.valueOf(e.getMessage());
    assertFalse(message.contains("\n"), message);
    assertFalse(message.contains(SoftHsm.PIN), message);
    return message;
  }

  @Test
  void saysThatThePinIsWrong() {
    String message = refusal(SoftHsm.library(), LOCKED, "271828", "kek");
    assertTrue(message.contains("does not take this PIN"), message);
    assertFalse(message.contains("271828;"), message);
  }

  @Test
  void saysHowToMakeAMissingKey() {
    String message = refusal(SoftHsm.library(), TOKEN, SoftHsm.PIN, "absent");
    assertTrue(message.contains("pkcs11-tool"), message);
  }

  @Test
  void refusesKeyThatCanBeReadOut() {
    String message = refusal(SoftHsm.library(), TOKEN, SoftHsm.PIN, "readable");
    assertTrue(message.contains("can be read out"), message);
  }

  @Test
  void saysWhichTokensThereAre() {
    String message = refusal(SoftHsm.library(), "no such token", SoftHsm.PIN, "kek");
    assertTrue(message.contains("has no token") && message.contains(TOKEN), message);
  }

  @Test
  void refusesLibraryThatIsNone() {
    Path absent = folder.resolve("absent.so");
    assertTrue(refusal(absent, TOKEN, SoftHsm.PIN, "kek").contains("cannot be loaded"));
    Path libc = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
    if (Files.exists(libc)) {
      assertTrue(refusal(libc, TOKEN, SoftHsm.PIN, "kek").contains("no PKCS#11 library"));
    }
  }
}
