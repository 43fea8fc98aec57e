package io.gat.log;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/** A process that opens a log, appends a record, says so, and does nothing more. */
final class HoldingChild {
  private HoldingChild() {}

  /** Runs with the log's folder. */
  public static void main(String[] args) throws Exception {
    EmbeddedLog log = EmbeddedLog.open(Path.of(args[0]), InstantSource.system(), "a child");
    Appended answer =
        log.append(new LogEntry(Topic.REVOCATION, "", "{}", Effect.TAKES_AWAY)).join();
    if (!(answer instanceof Appended.At)) {
      throw new IllegalStateException(answer.toString());
    }
    System.out.println("open");
    System.out.flush();
    new CountDownLatch(1).await();
  }
}
