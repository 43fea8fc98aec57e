package io.gat.audit;

import io.gat.keys.FileExposure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Checkpoints in a file, one JSON object a line, readable by its owner alone. It is opened for each
 * checkpoint, so that it may be moved away while it is in use. A symbolic link, a file that others
 * can change, and one that holds something else are left as they are, with an error.
 */
public final class CheckpointFile implements CheckpointSink {
  private static final String BEFORE = "{\"checkpoint\":\"";
  private static final String AFTER = "\"}";

  /** In bytes; a checkpoint with its keys has a few thousand. */
  private static final int LONGEST_LINE = 64 * 1024;

  private final Path file;

  public CheckpointFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  @Override
  public void keep(String signed) {
    byte[] line = (BEFORE + signed + AFTER + "\n").getBytes(StandardCharsets.US_ASCII);
    try {
      Path folder = file.getParent();
      if (folder != null && Files.notExists(folder)) {
        Files.createDirectories(folder, mode("rwx------"));
      }
      Optional<String> exposure =
          Files.exists(file, LinkOption.NOFOLLOW_LINKS)
              ? FileExposure.ofTrusted(file)
              : Optional.empty();
      if (exposure.isPresent()) {
        throw new IOException(exposure.get());
      }
      try (FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS),
              mode("rw-------"))) {
        channel.position(wholeLines(channel));
        ByteBuffer rest = ByteBuffer.wrap(line);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where to write: a crash may have left half a line of ours, which is cut off; nothing else is.
   */
  private long wholeLines(FileChannel channel) throws IOException {
    long size = channel.size();
    long from = Math.max(0, size - LONGEST_LINE);
    String first = text(channel, 0, (int) Math.min(size, BEFORE.length()));
    String last = text(channel, from, (int) (size - from));
    int line = last.lastIndexOf('\n') + 1;
    String half = last.substring(line);
    if (!isOurs(first) || !isOurs(half) || (line == 0 && from > 0)) {
      throw new IOException(
          file + ": holds something else than checkpoints; name a file of its own");
    }
    channel.truncate(from + line);
    return from + line;
  }

  private static boolean isOurs(String beginning) {
    return BEFORE.startsWith(beginning) || beginning.startsWith(BEFORE);
  }

  private static String text(FileChannel channel, long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {}
    return StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
  }

  private FileAttribute<?>[] mode(String mode) {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
    };
  }

  /**
   * Reads a file's checkpoints in order.
   *
   * @param lines takes each line's checkpoint; empty where the line holds none
   * @return whether there is such a file
   * @throws UncheckedIOException where it can't be read
   */
  static boolean read(Path file, Consumer<String> lines) {
    try (ExportLines reader = new ExportLines(Files.newInputStream(file))) {
      String line = reader.next();
      while (line != null) {
        lines.accept(
            line.startsWith(BEFORE) && line.endsWith(AFTER)
                ? line.substring(BEFORE.length(), line.length() - AFTER.length())
                : "");
        line = reader.next();
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
