package io.gat.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.log.MemoryLog;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves the log: checkpoints in a file, records as lines. */
final class CheckpointFileTest {
  @TempDir private Path folder;

  private static List<String> read(Path file) {
    List<String> all = new ArrayList<>();
    CheckpointFile.read(file, all::add);
    return all;
  }

  @Test
  void appendsToAPrivateFile() throws Exception {
    Path file = folder.resolve("new/checkpoints.jsonl");
    new CheckpointFile(file).keep("a.b.c");
    new CheckpointFile(file).keep("d.e.f");
    assertEquals(List.of("a.b.c", "d.e.f"), read(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void cutsOffHalfALineThatACrashLeft() throws Exception {
    Path file = folder.resolve("checkpoints.jsonl");
    CheckpointFile sink = new CheckpointFile(file);
    sink.keep("a.b.c");
    Files.writeString(file, Files.readString(file) + "{\"checkpoint\":\"d.");
    sink.keep("g.h.i");
    assertEquals(List.of("a.b.c", "g.h.i"), read(file));
  }

  @Test
  void goesOnInANewFileWhenItIsMovedAway() throws Exception {
    Path file = folder.resolve("checkpoints.jsonl");
    CheckpointFile sink = new CheckpointFile(file);
    sink.keep("a.b.c");
    Files.move(file, folder.resolve("old.jsonl"));
    sink.keep("d.e.f");
    assertEquals(List.of("d.e.f"), read(file));
    assertFalse(CheckpointFile.read(folder.resolve("none"), line -> {}));
  }

  @Test
  void anExportGoesOnWhereItWas() {
    MemoryLog log = new MemoryLog();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AuditExport export = new AuditExport(out, Instant.MIN);
    long position = 0;
    for (int run = 0; run < 3; run++) {
      try (AuditLog audit =
          AuditLog.open(log, AuditFixtures.SIGNER, signed -> {}, InstantSource.system())) {
        audit.record(AuditFixtures.issued("run-" + run)).join();
      }
      position = export.write(new AuditSource.Log(log, position), position);
    }
    assertEquals(
        AuditFixtures.payloads(log), out.toString(StandardCharsets.US_ASCII).lines().toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"my notes", "my notes\n", "{\"checkpoint\":\"a.b.c\"}\nhalf a note"})
  void leavesAFileOfSomethingElseAsItIs(String notes) throws Exception {
    Path file = Files.writeString(folder.resolve("notes.txt"), notes);
    assertThrows(UncheckedIOException.class, () -> new CheckpointFile(file).keep("a.b.c"));
    assertEquals(notes, Files.readString(file));
  }

  @Test
  void followsNoLinkAndTrustsNoFileThatOthersWrite() throws Exception {
    Path target = folder.resolve("target.jsonl");
    new CheckpointFile(target).keep("a.b.c");
    Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), target);
    assertThrows(UncheckedIOException.class, () -> new CheckpointFile(link).keep("d.e.f"));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-rw-rw-"));
    UncheckedIOException open =
        assertThrows(UncheckedIOException.class, () -> new CheckpointFile(target).keep("d.e.f"));
    assertTrue(String.valueOf(open.getMessage()).contains("chmod"), open::toString);
    assertEquals(List.of("a.b.c"), read(target));
  }
}
