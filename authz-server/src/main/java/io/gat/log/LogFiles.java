package io.gat.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * The files of an embedded log. The folder may hold other things too.
 *
 * @param folder where they are
 */
record LogFiles(Path folder) {
  private static final Set<PosixFilePermission> STRANGERS =
      Set.of(
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  /** The database. SQLite puts {@code -wal} and {@code -shm} beside it. */
  Path database() {
    return folder.resolve("log.db");
  }

  Path lock() {
    return folder.resolve("log.lock");
  }

  Path witness() {
    return folder.resolve("log.witness");
  }

  Path reserve() {
    return folder.resolve("log.reserve");
  }

  /** Makes the folder where there is none, and refuses files that everybody may read. */
  void prepare() {
    try {
      Files.createDirectories(folder, mode(folder, "rwx------"));
    } catch (IOException e) {
      throw new LogException(
          folder + ": cannot be created: " + e + "; give gat a folder that it may write to", e);
    }
    checkPermissions();
  }

  /** Refuses files that everybody may read. */
  void checkPermissions() {
    for (Path file : List.of(database(), lock(), witness())) {
      try {
        if (Files.getPosixFilePermissions(file).stream().anyMatch(STRANGERS::contains)) {
          throw new LogException(
              file + ": every user can read or change it; run: chmod 600 " + file);
        }
      } catch (UnsupportedOperationException | NoSuchFileException e) {
        // Nothing to check.
      } catch (IOException e) {
        throw new LogException(file + ": cannot be read: " + e, e);
      }
    }
  }

  /** Creates an empty file that only its owner may read. */
  static void create(Path file) throws IOException {
    Files.createFile(file, mode(file, "rw-------"));
  }

  /** Makes durable what was created, renamed or removed in the folder. */
  void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static FileAttribute<?>[] mode(Path file, String mode) {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
    };
  }
}
