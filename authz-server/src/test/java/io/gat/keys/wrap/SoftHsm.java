package io.gat.keys.wrap;

import io.gat.keys.KeySourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AuthProvider;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.KeyGenerator;

/**
 * Real SoftHSM2 tokens of this test run, in the build's own folder. The library finds its
 * configuration by a variable of the environment, which the build sets.
 */
final class SoftHsm {
  static final String PIN = "314159";

  private static final List<Path> USUAL =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
          Path.of("/usr/local/lib/softhsm/libsofthsm2.so"),
          Path.of("/opt/homebrew/lib/softhsm/libsofthsm2.so"));

  private SoftHsm() {}

  /** The library; a test run without it fails. */
  static Path library() {
    return USUAL.stream()
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "SoftHSM2 is not installed, and PKCS#11 is tested with it: apt-get install"
                        + " softhsm2"));
  }

  /** Writes the configuration that the library will read, before it is loaded. */
  static void configure() throws IOException {
    String file = System.getenv("SOFTHSM2_CONF");
    if (file == null) {
      throw new AssertionError(
          "SOFTHSM2_CONF is not set; Maven does that, elsewhere name a file for the test to write");
    }
    Path config = Path.of(file).toAbsolutePath();
    Path tokens = config.resolveSibling("softhsm-tokens");
    Files.createDirectories(tokens);
    Files.writeString(
        config,
        "directories.tokendir = " + tokens + "\nobjectstore.backend = file\nlog.level = ERROR\n");
  }

  /** Makes a token with that label and that PIN. */
  static void makeToken(String label) throws Exception {
    run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", PIN, "--pin", PIN);
  }

  static void deleteToken(String label) throws Exception {
    run("softhsm2-util", "--delete-token", "--token", label);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + out);
    }
  }

  /** Makes a key inside a token, with these attributes, as its vendor's tool would. */
  static void makeKey(String token, String label, int bits, Map<String, String> attributes)
      throws Exception {
    StringBuilder config =
        new StringBuilder("--name=maker\nlibrary=\"" + library() + "\"\nslot=")
            .append(Pkcs11Slots.find(library(), token))
            .append("\nattributes(*,CKO_SECRET_KEY,*) = {\n");
    attributes.forEach((name, value) -> config.append(name + "=" + value + "\n"));
    Provider provider = Security.getProvider("SunPKCS11").configure(config + "}\n");
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, PIN.toCharArray());
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(bits);
    store.setKeyEntry(label, generator.generateKey(), null, null);
    ((AuthProvider) provider).logout();
  }

  static Path pinFile(Path folder, String pin) {
    try {
      Path file = folder.resolve("pin-" + pin);
      if (Files.notExists(file)) {
        Files.writeString(file, pin + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      return file;
    } catch (IOException e) {
      throw new KeySourceException("a test's file", e);
    }
  }
}
