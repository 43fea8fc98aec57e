package io.gat.keys.wrap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.TestIdentity;
import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against {@link VaultStandIn}. */
final class VaultKeyEncryptionTest extends KeyEncryptionContract {
  private static final byte[] SECRET = "s".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;
  private VaultStandIn vault;

  @BeforeEach
  void start() throws Exception {
    vault = VaultStandIn.start();
    vault.rotate("transit/gat");
    vault.rotate("transit/other");
    write(vault.token);
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  private void write(String token) throws Exception {
    Path file = folder.resolve("token");
    Files.writeString(file, token + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private KeyEncryption vault(URI url, String key, String mount, String namespace) {
    return new VaultKeyEncryption(
        new VaultKeyEncryption.Place(url, key, folder.resolve("token"), mount, namespace),
        Optional.empty());
  }

  @Override
  KeyEncryption kek() {
    return vault(vault.url("http"), "gat", "transit", "");
  }

  @Override
  KeyEncryption other() {
    return vault(vault.url("http"), "other", "transit", "");
  }

  private static String refusal(KeyEncryption kek) {
    KeySourceException e = assertThrows(KeySourceException.class, () -> kek.wrap(SECRET, "k1"));
    String message = String.valueOf(e.getMessage());
    assertFalse(message.contains("hvs."), message);
    assertFalse(message.contains("\n"), message);
    kek.close();
    return message;
  }

  @Test
  void readsTheTokenAgainForEachCall() throws Exception {
    try (KeyEncryption kek = kek()) {
      String wrapped = kek.wrap(SECRET, "k1");
      vault.token = "hvs.CAESIJ-second";
      KeySourceException e =
          assertThrows(KeySourceException.class, () -> kek.unwrap(wrapped, "k1"));
      assertTrue(String.valueOf(e.getMessage()).contains("transit/decrypt/gat"), e.getMessage());
      write(vault.token);
      assertArrayEquals(SECRET, kek.unwrap(wrapped, "k1"));
    }
  }

  @Test
  void noticesNewVersionOfTheKey() {
    try (KeyEncryption kek = kek()) {
      String old = kek.wrap(SECRET, "k1");
      vault.rotate("transit/gat");
      assertFalse(kek.isOutdated(old));
      String fresh = kek.wrap(SECRET, "k1");
      assertTrue(fresh.startsWith("vault:v2:"));
      assertTrue(kek.isOutdated(old));
      assertFalse(kek.isOutdated(fresh));
      assertArrayEquals(SECRET, kek.unwrap(old, "k1"));
      vault.minDecryptionVersion = 2;
      KeySourceException e = assertThrows(KeySourceException.class, () -> kek.unwrap(old, "k1"));
      assertTrue(String.valueOf(e.getMessage()).contains("too old"), e.getMessage());
    }
  }

  @Test
  void sendsNamespaceAndUsesMount() {
    vault.namespace = "team/a";
    vault.rotate("transit-2/gat");
    try (KeyEncryption kek = vault(vault.url("http"), "gat", "transit-2", "team/a")) {
      assertArrayEquals(SECRET, kek.unwrap(kek.wrap(SECRET, "k1"), "k1"));
      assertEquals("vault:team/a/transit-2/gat", kek.id());
    }
    assertTrue(refusal(kek()).contains("does not let this token in"));
  }

  @Test
  void trustsTheAuthoritiesOfItsFileAndNoOther() throws Exception {
    TestIdentity itself = TestIdentity.create(folder, "spiffe://vault");
    TestIdentity other = TestIdentity.create(folder, "spiffe://other");
    Path file = folder.resolve("ca.pem");
    try (VaultStandIn https = VaultStandIn.start(itself.towards(itself))) {
      https.rotate("transit/gat");
      VaultKeyEncryption.Place place =
          new VaultKeyEncryption.Place(
              https.url("https"), "gat", folder.resolve("token"), "transit", "");
      Files.writeString(file, pem(itself));
      try (KeyEncryption kek = new VaultKeyEncryption(place, Optional.of(file))) {
        assertArrayEquals(SECRET, kek.unwrap(kek.wrap(SECRET, "k1"), "k1"));
      }
      Files.writeString(file, pem(other));
      assertTrue(refusal(new VaultKeyEncryption(place, Optional.of(file))).contains("no answer"));
      assertTrue(refusal(new VaultKeyEncryption(place, Optional.empty())).contains("no answer"));
    }
    Files.writeString(file, "no certificate");
    assertThrows(
        KeySourceException.class,
        () ->
            new VaultKeyEncryption(
                new VaultKeyEncryption.Place(
                    vault.url("http"), "gat", folder.resolve("token"), "transit", ""),
                Optional.of(file)));
  }

  private static String pem(TestIdentity identity) throws Exception {
    String line = identity.certificateLine();
    return line.substring(1, line.length() - 1).replace("\\n", "\n");
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    assertTrue(refusal(vault(vault.url("http"), "absent", "transit", "")).contains("not found"));
    assertTrue(refusal(vault(vault.url("http"), "gat", "kv", "")).contains("there is no kv"));
    vault.sealed = true;
    assertTrue(refusal(kek()).contains("unseal it"));
    vault.sealed = false;
    for (String body : new String[] {"", "[]", "{}", "{\"data\":{}}", "<html>"}) {
      vault.broken = body;
      assertTrue(refusal(kek()).contains("something else"));
    }
    URI gone = vault.url("http");
    vault.close();
    assertTrue(refusal(vault(gone, "gat", "transit", "")).contains("does Vault run?"));
  }

  @Test
  void tokenFileIsForItsOwnerAlone() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("token"), PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(refusal(kek()).contains("chmod 600"));
    write(" \n");
    assertTrue(refusal(kek()).contains("holds no token"));
  }
}
