package io.gat.keys;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/** A JWKS in a file, looked at every second and read again when it changes. */
public final class JwksFileSource implements KeySource {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final WatchedFile file;

  public JwksFileSource(Path path, InstantSource clock) {
    this(path, clock, INTERVAL);
  }

  JwksFileSource(Path path, InstantSource clock, Duration interval) {
    JwksReader reader = new JwksReader(path.toString());
    this.file =
        new WatchedFile(
            path.toString(),
            () -> PrivateFiles.read(path, JwksReader.MAX_BYTES, "name the issuer's JWKS file"),
            reader::read,
            interval,
            clock);
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
