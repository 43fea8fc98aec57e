package io.gat.log;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says that one process writes to the log. The operating system holds the lock, and lets it go with
 * the process; the file's text only says who that is.
 */
final class LogLock implements AutoCloseable {
  /**
   * What this JVM holds. It must know that without opening the file: POSIX gives up a process's
   * locks on a file as soon as the process closes any descriptor of it.
   */
  private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final int MAX_TEXT = 1024;

  private final Path key;
  private final FileChannel channel;

  private LogLock(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param wait for how long to try while another process has it
   * @throws LogException with who has it
   */
  static LogLock acquire(LogFiles files, String holder, Instant now, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      Optional<LogLock> lock = attempt(files, holder, now);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (System.nanoTime() - deadline >= 0) {
        throw new LogException(
            files.database()
                + ": another process writes to this log: "
                + holder(files).orElse("it does not say which")
                + "; stop that one, or ask it through its admin API");
      }
      pause();
    }
  }

  private static Optional<LogLock> attempt(LogFiles files, String holder, Instant now) {
    Path file = files.lock();
    try {
      Path key = key(files);
      String text =
          holder
              + ", pid "
              + ProcessHandle.current().pid()
              + " on "
              + host()
              + ", since "
              + now.truncatedTo(ChronoUnit.SECONDS);
      if (HELD.putIfAbsent(key, text) != null) {
        return Optional.empty();
      }
      FileChannel channel = null;
      try {
        if (!Files.exists(file)) {
          try {
            LogFiles.create(file);
          } catch (java.nio.file.FileAlreadyExistsException e) {
            // Another process was faster.
          }
        }
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (channel.tryLock() != null) {
          write(channel, text);
          LogLock lock = new LogLock(key, channel);
          channel = null;
          return Optional.of(lock);
        }
        HELD.remove(key);
        return Optional.empty();
      } catch (IOException | RuntimeException e) {
        HELD.remove(key);
        throw e;
      } finally {
        if (channel != null) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw new LogException(
          file + ": cannot be locked: " + e + "; give gat a folder that it may write to", e);
    }
  }

  /** Who writes to the log now; empty where nobody does. */
  static Optional<String> holder(LogFiles files) {
    try {
      String here = HELD.get(key(files));
      if (here != null) {
        return Optional.of(here);
      }
      if (!Files.exists(files.lock())) {
        return Optional.empty();
      }
      try (FileChannel channel = FileChannel.open(files.lock(), StandardOpenOption.READ)) {
        if (channel.tryLock(0, Long.MAX_VALUE, true) != null) {
          return Optional.empty();
        }
        ByteBuffer text = ByteBuffer.allocate(MAX_TEXT);
        while (text.hasRemaining() && channel.read(text, text.position()) > 0) {
          // Until its end.
        }
        return Optional.of(
            new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip());
      }
    } catch (IOException e) {
      throw new LogException(files.lock() + ": cannot be read: " + e, e);
    }
  }

  private static Path key(LogFiles files) throws IOException {
    return files.folder().toRealPath().resolve("log.lock");
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    ByteBuffer rest = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this machine";
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogException("interrupted while it waited for the log's lock", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new LogException(key + ": cannot be closed: " + e, e);
    } finally {
      HELD.remove(key);
    }
  }
}
