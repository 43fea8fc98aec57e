package io.gat.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The files of an embedded log. The folder may hold other things too.
 *
 * @param folder where they are
 */
record LogFiles(Path folder) {
  private static final int OTHER_USERS = 0077;
  private static final int GROUP_WRITE = 0020;
  private static final int OTHERS_WRITE = 0002;
  private static final int ROOT = 0;

  /** What somebody is about to do. */
  enum Use {
    READ,
    /** Also by making new files, which then belong to this user. */
    WRITE
  }

  /** The database. SQLite puts {@code -wal} and {@code -shm} beside it. */
  Path database() {
    return folder.resolve("log.db");
  }

  /** SQLite's write-ahead log; there while somebody has the database open, and after a crash. */
  Path journal() {
    return folder.resolve("log.db-wal");
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

  /** Makes the folder where there is none, and refuses what others can read or change. */
  void prepare() {
    try {
      Files.createDirectories(folder, mode(folder, "rwx------"));
    } catch (IOException e) {
      throw new LogException(
          folder + ": cannot be created: " + e + "; give gat a folder that it may write to", e);
    }
    checkPermissions(Use.WRITE);
  }

  /**
   * Refuses files that another user can read or change, and a folder that he can put files into:
   * the records say whose keys are to be trusted, and SQLite takes a write-ahead log that it finds
   * beside its database. The folder may be a group's to write where root says so, or where it is
   * its owner's own group. Who writes must own the files, or others could not use what he leaves
   * behind; root may read them.
   */
  void checkPermissions(Use use) {
    for (Path file :
        List.of(database(), journal(), folder.resolve("log.db-shm"), lock(), witness())) {
      Optional<Map<String, Object>> found = look(file);
      if (found.isEmpty()) {
        continue;
      }
      Map<String, Object> is = found.get();
      if ((number(is, "mode") & OTHER_USERS) != 0) {
        throw new LogException(
            file + ": other users can read or change it; run: chmod 600 " + file);
      }
      OptionalInt user = user();
      if (use == Use.WRITE && user.isPresent() && user.getAsInt() != number(is, "uid")) {
        throw new LogException(
            file
                + ": belongs to "
                + is.get("owner")
                + "; run this as that user, or give all files of the folder to the user that runs"
                + " gat");
      }
    }
    look(folder).ifPresent(this::checkFolder);
  }

  private void checkFolder(Map<String, Object> is) {
    int mode = number(is, "mode");
    boolean theirGroup =
        number(is, "uid") != ROOT && !Objects.equals(is.get("owner"), is.get("group"));
    if ((mode & OTHERS_WRITE) != 0 || ((mode & GROUP_WRITE) != 0 && theirGroup)) {
      throw new LogException(
          folder
              + ": other users can put files into the log's folder; run: chmod go-w "
              + folder
              + ", or name a folder of its own, which gat makes");
    }
  }

  /** Mode and owner; empty where there is no such file, or the file system keeps none. */
  private static Optional<Map<String, Object>> look(Path path) {
    try {
      return Optional.of(Files.readAttributes(path, "unix:mode,uid,owner,group"));
    } catch (UnsupportedOperationException | IllegalArgumentException | NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new LogException(path + ": cannot be read: " + e, e);
    }
  }

  private static int number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Integer number ? number : 0;
  }

  /** This process's own user; empty where the system does not tell. */
  private static OptionalInt user() {
    return look(Path.of("/proc/self"))
        .map(is -> OptionalInt.of(number(is, "uid")))
        .orElseGet(OptionalInt::empty);
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
