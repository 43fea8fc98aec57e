package io.gat.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Reads and writes key files, with one line and a remedy where that does not work. */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private PrivateFiles() {}

  /**
   * Reads a file that anybody may know.
   *
   * @throws KeySourceException where that does not work
   */
  public static byte[] read(Path file, int maxBytes, String remedy) {
    try {
      if (Files.isDirectory(file)) {
        throw new KeySourceException(file + ": is a folder; " + remedy);
      }
      if (Files.size(file) > maxBytes) {
        throw new KeySourceException(file + ": bigger than " + maxBytes + " bytes; " + remedy);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new KeySourceException(file + ": no such file; " + remedy);
    } catch (AccessDeniedException e) {
      throw new KeySourceException(
          file + ": this user may not read it; give it to the user that gat runs as");
    } catch (IOException e) {
      throw new KeySourceException(file + ": cannot be read: " + e.getMessage());
    }
  }

  /**
   * Reads a file that only its owner may read.
   *
   * @throws KeySourceException where that does not work, or others can read or change it
   */
  public static byte[] readPrivate(Path file, int maxBytes, String remedy) {
    Optional<String> exposure = exposure(file);
    if (exposure.isPresent()) {
      throw new KeySourceException(exposure.get());
    }
    return read(file, maxBytes, remedy);
  }

  /** Why a file is no place for a secret, with the remedy; absent where it is a good one. */
  public static Optional<String> exposure(Path file) {
    try {
      if (Files.isRegularFile(file)) {
        for (PosixFilePermission one : Files.getPosixFilePermissions(file)) {
          if (OTHERS.contains(one)) {
            return Optional.of(
                file + ": a secret that other users can read or change; run: chmod 600 " + file);
          }
        }
      }
    } catch (UnsupportedOperationException e) {
      // A file system without owners has nothing to check.
    } catch (IOException e) {
      // Reading it says what is wrong.
    }
    return Optional.empty();
  }

  /**
   * Writes a file that only its owner may read, whole or not at all, and the folders above it.
   *
   * @return false where the file was there already; it is left as it is
   */
  public static boolean create(Path file, byte[] content) {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw new KeySourceException(file + ": is no file; name one");
    }
    try {
      Files.createDirectories(folder, mode(folder, "rwx------"));
      Path draft = Files.createTempFile(folder, ".key", ".draft", mode(folder, "rw-------"));
      try {
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
          ByteBuffer rest = ByteBuffer.wrap(content);
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
          channel.force(true);
        }
        // A link, unlike a move, never replaces a key that another process has just made.
        return link(target, draft);
      } finally {
        Files.delete(draft);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new KeySourceException(
          file + ": cannot be written: " + e + "; give gat a folder that it may write to");
    }
  }

  private static boolean link(Path target, Path draft) throws IOException {
    try {
      Files.createLink(target, draft);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static FileAttribute<?>[] mode(Path folder, String mode) {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
    };
  }
}
