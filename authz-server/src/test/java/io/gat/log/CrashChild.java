package io.gat.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that appends until it is killed: 10,000 appends of 16 threads, with a clock that is
 * stepped back and forth. Prints a line for each acknowledgement, unbuffered: what was appended,
 * its position, and a point, which shows that the line is whole.
 */
final class CrashChild {
  private static final int THREADS = 16;
  private static final int APPENDS = 10_000;

  private CrashChild() {}

  /** What a record of this name says. */
  static String payload(String name) {
    return name + " " + "x".repeat(50 + Math.floorMod(name.hashCode(), 400));
  }

  /** Runs with a folder and the number of the run. */
  public static void main(String[] args) throws Exception {
    AtomicInteger steps = new AtomicInteger();
    InstantSource clock =
        () -> Instant.now().plus(steps.incrementAndGet() % 7 - 3, ChronoUnit.HOURS);
    EmbeddedLog log = EmbeddedLog.open(Path.of(args[0]), clock, "the crash test");
    AtomicInteger next = new AtomicInteger();
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    for (int i = 0; i < THREADS; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                int number;
                while ((number = next.getAndIncrement()) < APPENDS) {
                  append(log, args[1] + "-" + number, number, out);
                }
              });
    }
  }

  private static void append(EmbeddedLog log, String name, int number, FileOutputStream out) {
    switch (number % 3) {
      case 0 -> print(out, Topic.AUDIT + name, log.append(entry(Topic.AUDIT, "", name)).join());
      case 1 -> print(out, Topic.CLAIM + name, log.append(entry(Topic.CLAIM, name, name)).join());
      default -> {
        Appended both =
            log.append(
                    List.of(entry(Topic.REVOCATION, "", name), entry(Topic.AUDIT, "", name)),
                    OptionalLong.empty())
                .join();
        print(out, Topic.AUDIT + name, both);
      }
    }
    if (number % 50 == 0) {
      print(out, "tick", log.tick().join());
    }
  }

  private static LogEntry entry(Topic topic, String id, String name) {
    return new LogEntry(topic, id, payload(name), Effect.TAKES_AWAY);
  }

  private static void print(FileOutputStream out, String what, Appended answer) {
    if (!(answer instanceof Appended.At at)) {
      throw new IllegalStateException(what + ": " + answer);
    }
    try {
      out.write((what + " " + at.position() + " .\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
