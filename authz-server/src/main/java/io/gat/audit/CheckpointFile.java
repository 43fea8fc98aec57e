package io.gat.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Checkpoints in a file, one JSON object a line, readable by its owner alone. It is opened for each
 * checkpoint, so that it may be moved away while it is in use.
 */
public final class CheckpointFile implements CheckpointSink {
  private static final String BEFORE = "{\"checkpoint\":\"";
  private static final String AFTER = "\"}";

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
      try (FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
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

  /** Where to write: a crash may have left half a line, which is cut off. */
  private static long wholeLines(FileChannel channel) throws IOException {
    long end = channel.size();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (end > 0) {
      one.clear();
      channel.read(one, end - 1);
      if (one.get(0) == '\n') {
        break;
      }
      end--;
    }
    channel.truncate(end);
    return end;
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
