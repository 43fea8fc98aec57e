package io.gat.log;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Fills a real file system, which a test cannot have everywhere: docs/log.md says how to run it.
 * The folder is the root of an empty file system of 16 to 64 MiB. Prints what it saw; ends with an
 * exception where that is not as it must be.
 */
final class FullDiskByHand {
  private static final int RESERVE = 2 * 1024 * 1024;
  private static final int REVOCATIONS = 1_000;

  private final Path folder;
  private final List<Long> acknowledged = new ArrayList<>();

  private FullDiskByHand(Path folder) {
    this.folder = folder;
  }

  /** Runs in a folder. */
  public static void main(String[] args) throws Exception {
    new FullDiskByHand(Path.of(args[0])).run();
  }

  private EmbeddedLog open() {
    return EmbeddedLog.open(
        folder.resolve("log"), InstantSource.system(), "by hand", RESERVE, Duration.ZERO);
  }

  private void run() throws Exception {
    Path ballast = folder.resolve("ballast");
    Files.write(ballast, new byte[5 * 1024 * 1024]);
    try (EmbeddedLog log = open()) {
      require(log.health() instanceof LogHealth.Sound, "sound at first: " + log.health());
      int granted = grantUntilFull(log);
      say("grants were refused after " + granted + " records of 4 KB", log);
      require(log.health() instanceof LogHealth.Full, "full: " + log.health());
      revoke(log);
      say("still took " + REVOCATIONS + " revocations", log);
      require(log.tick().join() instanceof Appended.At, "ticks are acknowledged");
      require(append(log, Effect.GRANTS, 4_000) instanceof Appended.Full, "grants are refused");
    }
    try (EmbeddedLog log = open()) {
      // What SQLite's write-ahead log took may have made space for a few.
      int granted = grantUntilFull(log);
      say("opened again, and full again after " + granted + " records", log);
      revoke(log);
      say("took " + REVOCATIONS + " more revocations", log);
      Files.delete(ballast);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!(log.health() instanceof LogHealth.Sound)) {
        require(System.nanoTime() - deadline < 0, "sound when there is space: " + log.health());
        Thread.sleep(50);
      }
      require(append(log, Effect.GRANTS, 4_000) instanceof Appended.At, "grants again");
      say("space was made: takes grants again", log);
    }
    try (EmbeddedLog log = open()) {
      List<Long> found =
          log.read(0, Integer.MAX_VALUE, EnumSet.allOf(Topic.class)).stream()
              .map(LogRecord::position)
              .toList();
      require(found.equals(acknowledged), "every acknowledged record, and no other, is there");
      say("verified: all " + found.size() + " acknowledged records are there", log);
    }
  }

  private int grantUntilFull(EmbeddedLog log) {
    int granted = 0;
    while (append(log, Effect.GRANTS, 4_000) instanceof Appended.At) {
      granted++;
    }
    return granted;
  }

  private void revoke(EmbeddedLog log) {
    for (int i = 0; i < REVOCATIONS; i++) {
      Appended answer = append(log, Effect.TAKES_AWAY, 300);
      require(answer instanceof Appended.At, "revocation " + i + ": " + answer);
    }
  }

  private Appended append(EmbeddedLog log, Effect effect, int length) {
    Topic topic = effect == Effect.GRANTS ? Topic.AUDIT : Topic.REVOCATION;
    Appended answer = log.append(new LogEntry(topic, "", "x".repeat(length), effect)).join();
    if (answer instanceof Appended.At at) {
      acknowledged.add(at.position());
    }
    return answer;
  }

  private static void say(String what, EmbeddedLog log) {
    System.out.println(what + "; " + log.stats().bytesFree() / 1024 + " KiB free");
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("not so: " + what);
    }
  }
}
