package io.gat.keys.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditKeyTest {
  @TempDir private Path folder;
  private final KeyChest chest = new KeyChest(new PlainKek("k", 1), List.of(), World.CRYPTO);

  @Test
  void keyThatIsMissingIsNotReplacedWhereItHasSigned() throws Exception {
    Path file = folder.resolve("audit-key.json");
    String kid = AuditKey.load(file, chest, AuditKey.Missing.MADE).kid();
    assertEquals(kid, AuditKey.load(file, chest, AuditKey.Missing.REFUSED).kid());
    Files.delete(file);
    KeySourceException e =
        assertThrows(
            KeySourceException.class, () -> AuditKey.load(file, chest, AuditKey.Missing.REFUSED));
    assertTrue(String.valueOf(e.getMessage()).contains("restore it from its copy"), e.getMessage());
    assertFalse(Files.exists(file));
  }

  @Test
  void emptyFileSaysThatItIsLost() {
    Path file = folder.resolve("audit-key.json");
    String kid = AuditKey.load(file, chest, AuditKey.Missing.MADE).kid();
    PrivateFiles.replace(file, new byte[0]);
    String next = AuditKey.load(file, chest, AuditKey.Missing.REFUSED).kid();
    assertNotEquals(kid, next);
    assertEquals(next, AuditKey.load(file, chest, AuditKey.Missing.REFUSED).kid());
  }
}
