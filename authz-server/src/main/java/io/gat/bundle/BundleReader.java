package io.gat.bundle;

import io.gat.keys.SignedDocument;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Reads bundles, and takes only what a trusted key has signed: the manifest's signature, the set's
 * name, every file's hash, no file more or less, not expired, no older than what ran before.
 */
public final class BundleReader {
  /** The greatest size of an archive, in bytes. */
  public static final int MAX_BYTES = 16 << 20;

  private static final int MAX_FILES = 2_000;

  private final SignedDocument manifests;
  private final String name;

  /**
   * A reader.
   *
   * @param manifests reads documents of {@link #TYPE}
   * @param name the only set that is taken: who publishes bundles must not choose which of the
   *     signed ones stands where
   */
  public BundleReader(SignedDocument manifests, String name) {
    this.manifests = Objects.requireNonNull(manifests);
    this.name = Objects.requireNonNull(name);
  }

  /** The {@code typ} of a manifest. */
  public static final String TYPE = BundleWriter.TYPE;

  /**
   * Reads an archive.
   *
   * @param oldest the least version that is taken: a signed but older bundle may be an attacker's
   *     way back to a rule that was closed since
   * @throws BundleException where it is refused, and why
   */
  public Bundle read(byte[] archive, Instant now, long oldest) throws BundleException {
    Map<String, byte[]> entries = entries(archive);
    byte[] signed = entries.remove(BundleWriter.MANIFEST);
    if (signed == null) {
      throw new BundleException(
          "not a policy bundle: it has no "
              + BundleWriter.MANIFEST
              + "; use gat policy bundle build");
    }
    Manifest manifest =
        switch (manifests.read(new String(signed, StandardCharsets.ISO_8859_1).strip())) {
          case SignedDocument.Result.Genuine genuine -> Manifest.parse(genuine.payload());
          case SignedDocument.Result.Doubtful doubtful ->
              throw new BundleException(
                  "the bundle's manifest is not to be trusted: " + doubtful.why());
        };
    if (!manifest.name().equals(name)) {
      throw new BundleException(
          "the bundle is signed as the set `"
              + manifest.name()
              + "`, but `"
              + name
              + "` is wanted here; build it with --name "
              + name
              + ", or correct the name that is wanted");
    }
    if (!now.isBefore(manifest.expires())) {
      throw new BundleException(
          "the bundle expired at " + manifest.expires() + "; build and publish a new one");
    }
    if (manifest.version() < oldest) {
      throw new BundleException(
          "the bundle has version "
              + manifest.version()
              + ", but version "
              + oldest
              + " ran before; publish what it holds under a greater version");
    }
    SortedMap<String, String> files = files(manifest, entries);
    try {
      return new Bundle(
          manifest.name(), manifest.version(), manifest.created(), manifest.expires(), files);
    } catch (IllegalArgumentException e) {
      throw new BundleException("the bundle's manifest is signed, but " + e.getMessage());
    }
  }

  private static SortedMap<String, String> files(Manifest manifest, Map<String, byte[]> entries)
      throws BundleException {
    SortedMap<String, String> files = new TreeMap<>();
    for (Map.Entry<String, String> expected : manifest.hashes().entrySet()) {
      String file = expected.getKey();
      byte[] content = entries.remove(file);
      if (content == null) {
        throw new BundleException("the bundle lacks " + file + ", which its manifest names");
      }
      if (!Manifest.hash(content).equals(expected.getValue())) {
        throw new BundleException(
            "the bundle's " + file + " is not the file that was signed: its hash differs");
      }
      files.put(file, text(file, content));
    }
    if (!entries.isEmpty()) {
      throw new BundleException("the bundle holds a file that its manifest does not name");
    }
    return files;
  }

  private static String text(String name, byte[] content) throws BundleException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new BundleException("the bundle's " + name + " is not UTF-8");
    }
  }

  /** The archive's files; nothing of it is written anywhere. */
  private static Map<String, byte[]> entries(byte[] archive) throws BundleException {
    if (archive.length > MAX_BYTES) {
      throw new BundleException("the bundle is larger than 16 MiB");
    }
    Map<String, byte[]> entries = new HashMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getLinkFlag() != TarConstants.LF_NORMAL || !entry.isFile()) {
          throw new BundleException("the bundle holds something that is not a plain file");
        }
        // A size that the archive only claims must not reserve memory: read what is there.
        byte[] content = tar.readNBytes(archive.length);
        if (content.length != entry.getSize() || entries.size() > MAX_FILES) {
          throw new BundleException("the bundle is cut off, or holds more than 2,000 files");
        }
        if (entries.put(entry.getName(), content) != null) {
          throw new BundleException("the bundle holds one file twice");
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new BundleException("not a tar archive that gat can read");
    }
    return entries;
  }
}
