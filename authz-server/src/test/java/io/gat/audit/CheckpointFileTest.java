package io.gat.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gat.log.MemoryLog;
import java.io.ByteArrayOutputStream;
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
}
