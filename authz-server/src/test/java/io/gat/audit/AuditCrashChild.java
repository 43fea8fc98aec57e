package io.gat.audit;

import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import io.gat.log.EmbeddedLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that records events until it is killed, with a clock that is stepped back and forth.
 * Prints the subject of each event that is durable, unbuffered, and a point behind it.
 */
final class AuditCrashChild {
  private static final int THREADS = 8;

  private AuditCrashChild() {}

  /** Runs with a folder and the number of the run. */
  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    AtomicInteger steps = new AtomicInteger();
    InstantSource clock =
        () -> Instant.now().plus(steps.incrementAndGet() % 7 - 3, ChronoUnit.HOURS);
    SigningKey key =
        SigningKey.loadOrCreate(
            folder.resolve("audit-key.json"), Algorithm.ES256, CryptoProvider.jdk());
    EmbeddedLog log = EmbeddedLog.open(folder.resolve("log"), clock, "the crash test");
    AuditLog audit =
        AuditLog.open(
            log,
            CheckpointSigner.of(() -> key),
            new CheckpointFile(folder.resolve("checkpoints.jsonl")),
            clock,
            new AuditLog.Settings(8_192, 512, 50, Duration.ofSeconds(1)));
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    AtomicInteger next = new AtomicInteger();
    for (int i = 0; i < THREADS; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                while (true) {
                  String subject = args[1] + "-" + next.getAndIncrement();
                  if (audit.record(AuditFixtures.issued(subject)).join() instanceof Appended.At) {
                    print(out, subject);
                  }
                }
              });
    }
  }

  private static void print(FileOutputStream out, String subject) {
    try {
      out.write((subject + " .\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
