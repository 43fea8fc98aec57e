package io.gat.keys;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keys in a file, looked at every second and read again when its content changes. The content
 * itself is compared: key files are small, and times and file ids lie where a ConfigMap's links are
 * swapped. A file that turned bad is reported once, and the last good keys stay.
 */
public final class KeyFile implements KeySource {
  private static final System.Logger LOG = System.getLogger(KeyFile.class.getName());
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int SHORTEST_SECRET = 32;
  private static final int LONGEST_SECRET = 4096;
  private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofSeconds(10);

  private final String name;
  private final Supplier<byte[]> content;
  private final Parser parser;
  private final Duration interval;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Consumer<KeySet> listener;
  private byte @Nullable [] last;
  private String lastProblem = "";
  private @Nullable Instant askedAt;

  /** What turns the file's content into keys; throws a {@link KeySourceException} if it can't. */
  interface Parser {
    List<VerificationKey> parse(byte[] content);
  }

  private KeyFile(
      String name,
      Supplier<byte[]> content,
      Parser parser,
      Duration interval,
      InstantSource clock) {
    this.name = name;
    this.content = content;
    this.parser = parser;
    this.interval = interval;
    this.clock = clock;
  }

  /** A JWKS. */
  public static KeyFile jwks(Path path, InstantSource clock) {
    return jwks(path, clock, INTERVAL);
  }

  /** A JWKS of which the keys for one use count. */
  public static KeyFile jwks(Path path, KeyUse use, InstantSource clock) {
    return jwks(path, use, clock, INTERVAL);
  }

  static KeyFile jwks(Path path, InstantSource clock, Duration interval) {
    return jwks(path, KeyUse.SIGNATURE, clock, interval);
  }

  private static KeyFile jwks(Path path, KeyUse use, InstantSource clock, Duration interval) {
    JwksReader reader = new JwksReader(path.toString(), use);
    return new KeyFile(
        path.toString(),
        () -> PrivateFiles.readTrusted(path, JwksReader.MAX_BYTES, "name the issuer's JWKS file"),
        reader::read,
        interval,
        clock);
  }

  /**
   * The shared secret of HS256: the raw bytes of a file that only its owner may read, at least 32
   * of them (RFC 7518, section 3.2).
   */
  public static KeyFile secret(Path path, InstantSource clock) {
    return secret(path, clock, INTERVAL);
  }

  static KeyFile secret(Path path, InstantSource clock, Duration interval) {
    String remedy = "write a secret: (umask 077; head -c 32 /dev/urandom > " + path + ")";
    return new KeyFile(
        path.toString(),
        () -> PrivateFiles.readPrivate(path, LONGEST_SECRET, remedy),
        bytes -> List.of(key(path, bytes, remedy)),
        interval,
        clock);
  }

  private static VerificationKey key(Path path, byte[] bytes, String remedy) {
    if (bytes.length < SHORTEST_SECRET) {
      throw new KeySourceException(
          path + ": " + bytes.length + " bytes; HS256 needs 32 or more; " + remedy);
    }
    return new VerificationKey("", Set.of(Algorithm.HS256), new SecretKeySpec(bytes, "HmacSHA256"));
  }

  @Override
  public void start(Consumer<KeySet> to) {
    synchronized (this) {
      listener = to;
      load();
    }
    Thread.ofVirtual().name("keys " + name).start(this::watch);
  }

  private void watch() {
    try {
      while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the file again; true where that worked. */
  synchronized boolean look() {
    try {
      load();
      if (!lastProblem.isEmpty()) {
        lastProblem = "";
        LOG.log(System.Logger.Level.INFO, "{0}: good again", name);
      }
      return true;
    } catch (KeySourceException e) {
      report(String.valueOf(e.getMessage()));
      return false;
    } catch (RuntimeException e) {
      report(name + ": " + e);
      return false;
    }
  }

  private void report(String problem) {
    if (!problem.equals(lastProblem)) {
      lastProblem = problem;
      LOG.log(System.Logger.Level.ERROR, "{0} (the last good keys stay)", problem);
    }
  }

  private void load() {
    byte[] now = content.get();
    if (Arrays.equals(now, last)) {
      return;
    }
    List<VerificationKey> keys = parser.parse(now);
    last = now;
    Consumer<KeySet> to = listener;
    if (to != null && closed.getCount() > 0) {
      to.accept(new KeySet(keys, clock.instant(), Instant.MAX));
    }
  }

  @Override
  public synchronized boolean refreshForUnknownKey(Duration patience) {
    Instant now = clock.instant();
    Instant before = askedAt;
    if (before != null
        && !now.isBefore(before)
        && Duration.between(before, now).compareTo(UNKNOWN_KEY_PAUSE) < 0) {
      return false;
    }
    askedAt = now;
    return look();
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
