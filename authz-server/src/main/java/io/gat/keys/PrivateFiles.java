package io.gat.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Reads and writes key files, with one line and a remedy where that does not work. */
public final class PrivateFiles {
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

  /** Reads a file that others may know, and that nobody else can change. */
  public static byte[] readTrusted(Path file, int maxBytes, String remedy) {
    return unexposed(FileExposure.ofTrusted(file), file, maxBytes, remedy);
  }

  /** Reads a file that nobody else can read or change. */
  public static byte[] readPrivate(Path file, int maxBytes, String remedy) {
    return unexposed(FileExposure.ofSecret(file), file, maxBytes, remedy);
  }

  private static byte[] unexposed(
      Optional<String> exposure, Path file, int maxBytes, String remedy) {
    if (exposure.isPresent()) {
      throw new KeySourceException(exposure.get());
    }
    return read(file, maxBytes, remedy);
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
      Path draft = draft(folder, content);
      try {
        // A link, unlike a move, never replaces a key that another process has just made.
        return link(target, draft);
      } finally {
        Files.delete(draft);
        sync(folder);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Writes a file that only its owner may read, whole or not at all, in place of what is there; and
   * the folders above it.
   */
  public static void replace(Path file, byte[] content) {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw new KeySourceException(file + ": is no file; name one");
    }
    try {
      Path draft = draft(folder, content);
      try {
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
      sync(folder);
    } catch (IOException | UnsupportedOperationException e) {
      throw unwritable(file, e);
    }
  }

  private static Path draft(Path folder, byte[] content) throws IOException {
    Files.createDirectories(folder, mode(folder, "rwx------"));
    Path draft = Files.createTempFile(folder, ".key", ".draft", mode(folder, "rw-------"));
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
    return draft;
  }

  /**
   * Makes the name of a file as durable as its content: what it encrypts may be durable elsewhere a
   * moment later.
   */
  private static void sync(Path folder) throws IOException {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return; // Windows opens no folder, and needs no sync of one
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static KeySourceException unwritable(Path file, Exception why) {
    return new KeySourceException(
        file + ": cannot be written: " + why + "; give gat a folder that it may write to");
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
