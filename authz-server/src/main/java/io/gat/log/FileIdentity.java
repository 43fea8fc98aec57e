package io.gat.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Which file this is, whatever its name: a copy has another identity.
 *
 * @param number the inode; 0 where the file system has none
 * @param born when it was created, in microseconds since 1970; 0 where the file system doesn't say
 */
record FileIdentity(long number, long born) {
  /**
   * The identity of a file that nobody has written to yet. Sets its time of modification, because
   * where a file system keeps no time of creation, Java answers with that one.
   */
  static FileIdentity ofNew(Path file) throws IOException {
    FileTime probe = FileTime.from(Instant.EPOCH.plus(1, ChronoUnit.DAYS));
    Files.setLastModifiedTime(file, probe);
    FileIdentity now = of(file);
    return now.born == micros(probe) ? new FileIdentity(now.number, 0) : now;
  }

  /** The identity of a file now. */
  static FileIdentity of(Path file) throws IOException {
    return new FileIdentity(
        number(file), micros(Files.readAttributes(file, BasicFileAttributes.class).creationTime()));
  }

  /** True where this is what a file said of itself when it was new. */
  boolean is(FileIdentity remembered) {
    return number == remembered.number && (remembered.born == 0 || born == remembered.born);
  }

  @Override
  public String toString() {
    return number + "/" + born;
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException where it is something else
   */
  static FileIdentity parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("no identity of a file: " + text);
    }
    return new FileIdentity(
        Long.parseLong(text.substring(0, slash)), Long.parseLong(text.substring(slash + 1)));
  }

  /** The inode; 0 where the file system has none. */
  static long number(Path file) throws IOException {
    try {
      return Files.getAttribute(file, "unix:ino") instanceof Long number ? number : 0;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return 0; // not a Unix file system
    }
  }

  private static long micros(FileTime time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant());
  }
}
