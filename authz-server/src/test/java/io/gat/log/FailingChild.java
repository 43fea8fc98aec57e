package io.gat.log;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A process that appends until an append fails, and prints how many were acknowledged before, and
 * then what it gets.
 */
final class FailingChild {
  private FailingChild() {}

  /** Runs with the log's folder. */
  public static void main(String[] args) {
    try (EmbeddedLog log =
        EmbeddedLog.open(Path.of(args[0]), InstantSource.system(), "a child", 0, Duration.ZERO)) {
      long acknowledged = 0;
      Appended answer = append(log);
      while (answer instanceof Appended.At) {
        acknowledged++;
        answer = append(log);
      }
      System.out.println(acknowledged);
      say(answer);
      say(append(log));
      say(log.tick().join());
      say(log.health());
    }
    System.out.println("closed");
  }

  private static Appended append(EmbeddedLog log) {
    return log.append(new LogEntry(Topic.REVOCATION, "", "x".repeat(2_000), Effect.TAKES_AWAY))
        .join();
  }

  private static void say(Object what) {
    System.out.println(what.getClass().getSimpleName());
  }
}
