package io.gat.keys.wrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.KeyEncryption;
import io.gat.keys.KeySourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileKeyEncryptionTest extends KeyEncryptionContract {
  @TempDir private Path folder;

  @Override
  KeyEncryption kek() {
    return FileKeyEncryption.loadOrCreate(folder.resolve("deep/kek"));
  }

  @Override
  KeyEncryption other() {
    return FileKeyEncryption.loadOrCreate(folder.resolve("other"));
  }

  @Test
  void makesAFileForItsOwnerAlone() throws Exception {
    kek().close();
    Path file = folder.resolve("deep/kek");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(32, Files.size(file));
  }

  @Test
  void refusesFileThatOthersCanRead() throws Exception {
    kek().close();
    Path file = folder.resolve("deep/kek");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    KeySourceException e = assertThrows(KeySourceException.class, this::kek);
    assertTrue(String.valueOf(e.getMessage()).endsWith("chmod 600 " + file), e.getMessage());
  }

  @Test
  void refusesFileOfAnotherLength() throws Exception {
    for (int length : new int[] {0, 31, 33}) {
      Path file = folder.resolve("bad" + length);
      Files.write(file, new byte[length]);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      assertThrows(KeySourceException.class, () -> FileKeyEncryption.loadOrCreate(file));
    }
  }

  @Test
  void aMissingFileIsNotMadeWhereItMustBeThere() {
    assertThrows(
        KeySourceException.class, () -> FileKeyEncryption.load(folder.resolve("previous")));
  }
}
