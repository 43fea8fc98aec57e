package io.gat.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;

/** Gives a file another text at once: whoever reads it meets the old one or the new one. */
final class FileReplacement {
  private FileReplacement() {}

  /** Replaces the text of a file that is there; its permissions stay, and so do links to it. */
  static void replace(Path file, String text) throws IOException {
    Path target = file.toRealPath();
    if (!Files.isWritable(target)) {
      throw new IOException("it may not be written");
    }
    Path draft = draft(target);
    try {
      Files.writeString(draft, text, StandardCharsets.UTF_8);
      PosixFileAttributeView of = Files.getFileAttributeView(target, PosixFileAttributeView.class);
      PosixFileAttributeView to = Files.getFileAttributeView(draft, PosixFileAttributeView.class);
      if (of != null && to != null) {
        to.setPermissions(of.readAttributes().permissions());
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  // The name starts with a dot, so that a server that reads the folder leaves it alone.
  private static Path draft(Path target) throws IOException {
    for (int i = 0; ; i++) {
      Path draft = target.resolveSibling("." + target.getFileName() + "." + i + ".draft");
      try {
        return Files.write(draft, new byte[0], StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        if (i == 99) {
          throw e;
        }
      }
    }
  }
}
