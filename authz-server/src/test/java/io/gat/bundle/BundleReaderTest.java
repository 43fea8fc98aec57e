package io.gat.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.SignedDocument;
import io.gat.keys.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BundleReaderTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final CryptoProvider CRYPTO = CryptoProvider.jdk();

  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CRYPTO);
  private final BundleReader reader = reader(key);
  private final Bundle bundle =
      new Bundle(
          "policy",
          7,
          NOW.minusSeconds(60),
          NOW.plusSeconds(3600),
          new TreeMap<>(Map.of("orders.yaml", "version: gat/v1\n", "gruse_test.yaml", "ä: ö\n")));

  private static BundleReader reader(SigningKey signer) {
    KeySet keys = new KeySet(List.of(signer.verificationKey()), NOW, Instant.MAX);
    return new BundleReader(new SignedDocument(BundleReader.TYPE, keys, CRYPTO), "policy");
  }

  /** One entry of a hand-made archive. */
  private record Entry(String name, byte type, String text) {
    static Entry file(String name, String text) {
      return new Entry(name, TarConstants.LF_NORMAL, text);
    }

    byte[] content() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private static byte[] tar(List<Entry> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Entry e : entries) {
        TarArchiveEntry entry = new TarArchiveEntry(e.name(), e.type(), true);
        entry.setSize(e.content().length);
        tar.putArchiveEntry(entry);
        tar.write(e.content());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  private Entry manifest(String json) {
    return Entry.file("manifest.jws", key.sign(json, BundleReader.TYPE));
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.add(manifest(Manifest.of(bundle).json()));
    bundle.files().forEach((name, text) -> entries.add(Entry.file(name, text)));
    return entries;
  }

  private String refusal(byte[] archive) {
    return refusal(reader, archive, NOW, 1);
  }

  private static String refusal(BundleReader reader, byte[] archive, Instant now, long oldest) {
    return String.valueOf(
        assertThrows(BundleException.class, () -> reader.read(archive, now, oldest)).getMessage());
  }

  @ParameterizedTest
  @EnumSource(names = {"ES256", "ES384", "EDDSA", "RS256", "PS256"})
  void readsWhatWasWritten(Algorithm algorithm) throws Exception {
    SigningKey signer = SigningKey.generate(algorithm, CRYPTO);
    assertEquals(bundle, reader(signer).read(BundleWriter.write(bundle, signer), NOW, 7));
  }

  @Test
  void namesItsSources() {
    assertEquals(
        List.of("bundle/gruse_test.yaml", "bundle/orders.yaml"),
        bundle.sources("bundle").stream().map(s -> s.file()).toList());
  }

  @Test
  void refusesAnotherSigner() {
    byte[] archive = BundleWriter.write(bundle, SigningKey.generate(Algorithm.ES256, CRYPTO));
    assertEquals(
        "the bundle's manifest is not to be trusted: none of the trusted keys has signed it",
        refusal(archive));
  }

  @Test
  void refusesATokenInPlaceOfAManifest() {
    List<Entry> entries = entries();
    entries.set(0, Entry.file("manifest.jws", key.sign(Manifest.of(bundle).json(), "at+jwt")));
    assertEquals(
        "the bundle's manifest is not to be trusted: its type is not gat-bundle+jwt",
        refusal(tar(entries)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.b.c",
        "e30.e30.",
        "eyJhbGciOiJub25lIiwidHlwIjoiZ2F0LWJ1bmRsZStqd3QifQ.e30."
      })
  void refusesWhatIsNotSigned(String manifest) {
    List<Entry> entries = entries();
    entries.set(0, Entry.file("manifest.jws", manifest));
    assertTrue(refusal(tar(entries)).startsWith("the bundle's manifest is not to be trusted: "));
  }

  @Test
  void refusesAChangedFile() {
    List<Entry> entries = entries();
    entries.set(2, Entry.file("orders.yaml", "version: gat/v2\n"));
    assertEquals(
        "the bundle's orders.yaml is not the file that was signed: its hash differs",
        refusal(tar(entries)));
  }

  @Test
  void refusesAMissingFile() {
    assertEquals(
        "the bundle lacks orders.yaml, which its manifest names",
        refusal(tar(entries().subList(0, 2))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"more.yaml", "../up.yaml", "/etc/passwd", "sub/a.yaml"})
  void refusesAFileThatIsNotSigned(String name) {
    List<Entry> entries = entries();
    entries.add(Entry.file(name, "x"));
    assertEquals("the bundle holds a file that its manifest does not name", refusal(tar(entries)));
  }

  @Test
  void refusesOneFileTwice() {
    List<Entry> entries = entries();
    entries.add(entries.getLast());
    assertEquals("the bundle holds one file twice", refusal(tar(entries)));
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_DIR,
        TarConstants.LF_FIFO
      })
  void refusesWhatIsNoPlainFile(byte type) {
    List<Entry> entries = entries();
    entries.add(new Entry("x.yaml", type, ""));
    assertEquals("the bundle holds something that is not a plain file", refusal(tar(entries)));
  }

  /** Whoever publishes bundles would otherwise have a signed candidate enforced. */
  @Test
  void refusesASetThatIsSignedForSomethingElse() {
    Bundle candidate =
        new Bundle("candidate", 9, bundle.created(), bundle.expires(), bundle.files());
    assertEquals(
        "the bundle is signed as the set `candidate`, but `policy` is wanted here; build it with"
            + " --name policy, or correct the name that is wanted",
        refusal(BundleWriter.write(candidate, key)));
  }

  @Test
  void refusesAnExpiredBundleFromTheSecondOn() throws Exception {
    byte[] archive = BundleWriter.write(bundle, key);
    assertEquals(bundle, reader.read(archive, bundle.expires().minusNanos(1), 1));
    assertEquals(
        "the bundle expired at 2026-06-01T13:00:00Z; build and publish a new one",
        refusal(reader, archive, bundle.expires(), 1));
  }

  @Test
  void refusesAnOlderVersionThanRanBefore() {
    assertEquals(
        "the bundle has version 7, but version 8 ran before; publish what it holds under a"
            + " greater version",
        refusal(reader, BundleWriter.write(bundle, key), NOW, 8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"version\":1,\"created\":1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"HASH\"}}",
        "{\"name\":\"\",\"version\":1,\"created\":1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"HASH\"}}",
        "{\"name\":7,\"version\":1,\"created\":1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"HASH\"}}",
        "{\"name\":\"policy\",\"version\":0,\"created\":1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"HASH\"}}",
        "{\"name\":\"policy\",\"version\":1.5,\"created\":1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"HASH\"}}",
        "{\"name\":\"policy\",\"version\":1,\"created\":-1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"HASH\"}}",
        "{\"name\":\"policy\",\"version\":1,\"created\":1,\"expires\":4000000000,\"files\":{}}",
        "{\"name\":\"policy\",\"version\":1,\"created\":1,\"expires\":4000000000,\"files\":{\"../x.yaml\":\"HASH\"}}",
        "{\"name\":\"policy\",\"version\":1,\"created\":1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"short\"}}",
        "{\"name\":\"policy\",\"version\":1,\"created\":1,\"expires\":4000000000,\"files\":{\"orders.yaml\":\"HASH\"},\"more\":1}",
      })
  void refusesASignedManifestThatSaysTooLittleOrTooMuch(String json) {
    List<Entry> entries = entries();
    entries.set(0, manifest(json.replace("HASH", "0".repeat(64))));
    String why = refusal(tar(entries));
    assertTrue(why.startsWith("the manifest is signed, but "), why);
  }

  @Test
  void refusesWhatIsNoArchive() {
    String none = "not a policy bundle: it has no manifest.jws; use gat policy bundle build";
    assertEquals(none, refusal(new byte[0]));
    assertEquals(
        "not a tar archive that gat can read",
        refusal("hello".repeat(200).getBytes(StandardCharsets.UTF_8)));
    assertEquals("the bundle is larger than 16 MiB", refusal(new byte[BundleReader.MAX_BYTES + 1]));
  }

  @Test
  void takesNoArchiveThatDiffersInContent() {
    byte[] archive = BundleWriter.write(bundle, key);
    Random random = new Random(42);
    for (int i = 0; i < 3_000; i++) {
      byte[] changed = archive.clone();
      int changes = 1 + random.nextInt(3);
      for (int n = 0; n < changes; n++) {
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      }
      byte[] cut =
          Arrays.copyOf(
              changed, random.nextInt(20) == 0 ? random.nextInt(changed.length) : changed.length);
      try {
        assertEquals(bundle, reader.read(cut, NOW, 1), "taken, so it must be the same");
      } catch (BundleException e) {
        assertTrue(
            String.valueOf(e.getMessage()).contains("bundle")
                || String.valueOf(e.getMessage()).contains("tar"),
            e::toString);
      }
    }
  }

  @Test
  void refusesAFileOfClaimedSize() {
    byte[] archive = tar(entries());
    // The size field of the second entry, in octal: almost 8 GiB.
    int header = 512 + 512 * ((entries().getFirst().content().length + 511) / 512);
    System.arraycopy(
        "77777777777".getBytes(StandardCharsets.US_ASCII), 0, archive, header + 124, 11);
    assertEquals("not a tar archive that gat can read", refusal(archive));
  }

  @Test
  void hasSensibleBounds() {
    Map<String, String> file = Map.of("a.yaml", "");
    assertThrows(
        IllegalArgumentException.class,
        () -> new Bundle("policy", 0, NOW, NOW.plusSeconds(1), new TreeMap<>(file)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Bundle("policy", 1, NOW, NOW, new TreeMap<>(file)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Bundle("policy", 1, NOW, NOW.plus(Duration.ofDays(1)), new TreeMap<>()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Bundle(
                "policy", 1, NOW, NOW.plusSeconds(1), new TreeMap<>(Map.of("../a.yaml", ""))));
  }
}
