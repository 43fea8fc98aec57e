package io.gat.bundle;

import io.gat.keys.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes bundles: the same bundle and key give the same archive but for the signature. */
public final class BundleWriter {
  /** The archive's first entry: the signed manifest. */
  static final String MANIFEST = "manifest.jws";

  /** The manifest's {@code typ}. */
  static final String TYPE = "gat-bundle+jwt";

  private BundleWriter() {}

  /** The bundle as a tar archive (POSIX ustar), signed. */
  public static byte[] write(Bundle bundle, SigningKey key) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      put(tar, bundle, MANIFEST, key.sign(Manifest.of(bundle).json(), TYPE));
      for (Map.Entry<String, String> file : bundle.files().entrySet()) {
        put(tar, bundle, file.getKey(), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void put(TarArchiveOutputStream tar, Bundle bundle, String name, String text)
      throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(bundle.created().toEpochMilli());
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
