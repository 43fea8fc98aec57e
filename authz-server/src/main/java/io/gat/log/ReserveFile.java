package io.gat.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.SplittableRandom;

/**
 * A file that does nothing but take up space. Its bytes are random: a file system that compresses
 * or leaves out zeros would keep nothing for it.
 */
final class ReserveFile implements Reserve {
  private static final System.Logger LOG = System.getLogger(ReserveFile.class.getName());
  private static final int CHUNK = 1024 * 1024;

  private final LogFiles files;
  private final long size;

  ReserveFile(LogFiles files, long size) {
    this.files = files;
    this.size = size;
  }

  @Override
  public boolean fill(Connection connection) {
    Path file = files.reserve();
    try {
      if (Files.exists(file) && Files.size(file) == size) {
        return true;
      }
      Files.deleteIfExists(file);
      // More than the reserve itself, or the log would be full again with the next record.
      long needed = size + size / 2 + CHUNK;
      return Files.getFileStore(files.folder()).getUsableSpace() >= needed && write(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, file + ": cannot be made: " + e);
      return false;
    }
  }

  private boolean write(Path file) throws IOException {
    LogFiles.create(file);
    SplittableRandom random = new SplittableRandom(size);
    byte[] chunk = new byte[CHUNK];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long rest = size; rest > 0; rest -= chunk.length) {
        random.nextBytes(chunk);
        ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, (int) Math.min(rest, chunk.length));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      channel.force(true);
      return true;
    } catch (IOException e) {
      Files.deleteIfExists(file); // half a reserve only takes space away
      return false;
    }
  }

  @Override
  public void release(Connection connection) {
    try {
      Files.deleteIfExists(files.reserve());
      files.sync(); // some file systems free blocks only with the next commit of their journal
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, files.reserve() + ": cannot be given back: " + e);
    }
  }
}
