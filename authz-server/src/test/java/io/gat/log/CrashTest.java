package io.gat.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that appends, again and again, and looks whether everything it was told of is
 * there. The number of kills is {@code -Dgat.crash.kills}, by default 50.
 */
final class CrashTest {
  private static final int KILLS = Integer.getInteger("gat.crash.kills", 50);

  /** How long after its first acknowledgement a process lives at most. */
  private static final int LONGEST_LIFE_MS = 500;

  @TempDir private Path folder;

  /** What a child was told, as it printed it. */
  private record Told(Map<String, Long> positions, long vouched) {}

  @Test
  void findsWhatWasAcknowledgedAfterEachKill() throws Exception {
    SplittableRandom random = new SplittableRandom(20261126);
    Path log = folder.resolve("log");
    Map<String, Long> all = new HashMap<>();
    String incarnation = "";
    for (int kill = 0; kill < KILLS; kill++) {
      Told told = killedAfter(log, kill, random.nextInt(LONGEST_LIFE_MS));
      assertTrue(!told.positions().isEmpty(), "it was killed before it did anything");
      all.putAll(told.positions());
      // Opening verifies all chains, and that the log is not behind its witness.
      try (EmbeddedLog reopened = EmbeddedLog.open(log, InstantSource.system(), "the test")) {
        if (kill > 0) {
          assertEquals(incarnation, reopened.incarnation());
        }
        incarnation = reopened.incarnation();
        assertTrue(reopened.end() >= told.vouched());
        check(reopened.read(0, Integer.MAX_VALUE, EnumSet.allOf(Topic.class)), all);
      }
    }
  }

  private static void check(List<LogRecord> records, Map<String, Long> told) {
    Map<String, Long> found = new HashMap<>();
    long last = 0;
    for (LogRecord record : records) {
      assertTrue(record.position() > last);
      last = record.position();
      String name = record.payload().substring(0, record.payload().indexOf(' '));
      assertEquals(CrashChild.payload(name), record.payload());
      if (record.topic() == Topic.CLAIM) {
        assertEquals(name, record.id());
      }
      assertEquals(null, found.put(record.topic() + name, record.position()), name);
    }
    for (LogRecord record : records) {
      if (record.topic() == Topic.REVOCATION) { // appended together with its audit record
        String name = record.payload().substring(0, record.payload().indexOf(' '));
        assertEquals(record.position() + 1, found.get(Topic.AUDIT + name), name);
      }
    }
    Set<String> missing = new HashSet<>(told.keySet());
    missing.removeAll(found.keySet());
    assertEquals(Set.of(), missing);
    told.forEach((name, position) -> assertEquals(position, found.get(name), name));
  }

  private static Told killedAfter(Path log, int run, int lifeMs) throws Exception {
    try (ChildProcess child =
        ChildProcess.start(CrashChild.class, log.toString(), Integer.toString(run))) {
      List<String> lines = new ArrayList<>();
      lines.add(child.readLine());
      Thread killer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(lifeMs));
                    child.signal();
                  });
      lines.addAll(child.readLines());
      killer.join();
      return told(lines);
    }
  }

  private static Told told(List<String> lines) {
    Map<String, Long> positions = new HashMap<>();
    long vouched = 0;
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length != 3 || !words[2].equals(".")) {
        continue; // cut off by the kill
      }
      long position = Long.parseLong(words[1]);
      if (words[0].equals("tick")) {
        vouched = Math.max(vouched, position);
      } else {
        positions.put(words[0], position);
      }
    }
    return new Told(positions, vouched);
  }
}
