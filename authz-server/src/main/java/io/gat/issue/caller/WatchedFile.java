package io.gat.issue.caller;

import io.gat.keys.KeySourceException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A file that is looked at every second and read again when its content changes. A file that turned
 * bad is told once, and what was good last stays.
 */
public final class WatchedFile<T> implements Supplier<T>, AutoCloseable {
  private static final Logger LOG = System.getLogger(WatchedFile.class.getName());
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Path file;
  private final Function<Path, byte[]> read;
  private final Function<byte[], T> parse;
  private final Consumer<T> replaced;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile T current;

  // Guarded by this.
  private byte[] content;
  private String lastProblem = "";

  private WatchedFile(
      Path file,
      Function<Path, byte[]> read,
      Function<byte[], T> parse,
      Consumer<T> replaced,
      byte[] content,
      T first) {
    this.file = file;
    this.read = read;
    this.parse = parse;
    this.replaced = replaced;
    this.content = content;
    this.current = first;
  }

  /**
   * Reads the file and looks after it from now on.
   *
   * @param read gets the content; a {@link KeySourceException} says why not
   * @param parse turns it into the value; a {@link KeySourceException} says why not
   * @param replaced gets each value, the first one too, before anybody else
   * @throws KeySourceException where it cannot be used: one line with a remedy
   */
  public static <T> WatchedFile<T> open(
      Path file, Function<Path, byte[]> read, Function<byte[], T> parse, Consumer<T> replaced) {
    byte[] content = read.apply(file);
    T first = parse.apply(content);
    replaced.accept(first);
    WatchedFile<T> watched = new WatchedFile<>(file, read, parse, replaced, content, first);
    Thread.ofVirtual().name("watch " + file).start(watched::watch);
    return watched;
  }

  @Override
  public T get() {
    return current;
  }

  private void watch() {
    try {
      while (!closed.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the file again now. */
  synchronized void look() {
    try {
      byte[] now = read.apply(file);
      if (!Arrays.equals(now, content)) {
        T next = parse.apply(now);
        replaced.accept(next);
        content = now;
        current = next;
        LOG.log(Level.INFO, "{0}: read again", file);
      }
      lastProblem = "";
    } catch (KeySourceException e) {
      report(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      report(file + ": " + e);
    }
  }

  private void report(String problem) {
    if (!problem.equals(lastProblem)) {
      lastProblem = problem;
      LOG.log(Level.ERROR, "{0} (what was good last stays)", problem);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
