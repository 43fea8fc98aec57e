package io.gat.keys;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;

/**
 * The shared secret of HS256: the raw bytes of a file that only its owner may read, at least 32 of
 * them (RFC 7518, section 3.2). Looked at every second and read again when it changes.
 */
public final class SecretFileSource implements KeySource {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int MIN_BYTES = 32;
  private static final int MAX_BYTES = 4096;

  private final WatchedFile file;

  public SecretFileSource(Path path, InstantSource clock) {
    this(path, clock, INTERVAL);
  }

  SecretFileSource(Path path, InstantSource clock, Duration interval) {
    String remedy = "write a secret: (umask 077; head -c 32 /dev/urandom > " + path + ")";
    this.file =
        new WatchedFile(
            path.toString(),
            () -> PrivateFiles.readPrivate(path, MAX_BYTES, remedy),
            bytes -> List.of(key(path, bytes, remedy)),
            interval,
            clock);
  }

  private static VerificationKey key(Path path, byte[] bytes, String remedy) {
    if (bytes.length < MIN_BYTES) {
      throw new KeySourceException(
          path + ": " + bytes.length + " bytes; HS256 needs 32 or more; " + remedy);
    }
    return new VerificationKey("", Set.of(Algorithm.HS256), new SecretKeySpec(bytes, "HmacSHA256"));
  }

  @Override
  public void start(Consumer<KeySet> listener) {
    file.start(listener);
  }

  @Override
  public boolean refreshForUnknownKey(Duration patience) {
    return file.refreshForUnknownKey(patience);
  }

  /** Looks at the file now. */
  boolean look() {
    return file.look();
  }

  @Override
  public void close() {
    file.close();
  }
}
