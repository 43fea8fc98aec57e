package io.gat.perf;

import io.gat.audit.AuditEvent;
import io.gat.audit.AuditEvent.Action;
import io.gat.audit.AuditEvent.Actor;
import io.gat.audit.AuditEvent.Outcome;
import io.gat.audit.AuditExport;
import io.gat.audit.AuditLog;
import io.gat.audit.AuditSource;
import io.gat.audit.AuditVerification;
import io.gat.audit.AuditVerifier.Extent;
import io.gat.audit.CheckpointFile;
import io.gat.audit.CheckpointSigner;
import io.gat.audit.CheckpointTrust;
import io.gat.audit.VerifyReport;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.log.Appended;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes audit events to an embedded log, then verifies them: in the log, and as an export. The
 * goals are 20,000 events a second and 10 s for a million. Beside each stands what reading and
 * hashing the same bytes costs. {@code AuditScale FOLDER [RECORDS]}.
 */
public final class AuditScale {
  private static final int IN_FLIGHT = 4_096;

  private final Path folder;
  private final SigningKey key = SigningKey.generate(Algorithm.ES256, CryptoProvider.best());
  private final Path checkpoints;

  private AuditScale(Path folder) {
    this.folder = folder;
    this.checkpoints = folder.resolve("checkpoints.jsonl");
  }

  /** Measures, and prints a line for each measurement. */
  public static void main(String[] args) throws IOException, InterruptedException {
    AuditScale scale = new AuditScale(Path.of(args[0]));
    int records = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
    scale.write(records);
    try (LogReader log = EmbeddedLog.openAsFound(scale.folder.resolve("log"))) {
      for (int round = 0; round < 2; round++) {
        scale.baseline("read and hashed, log", new AuditSource.Log(log, 0));
        scale.verify("verified, log", new AuditSource.Log(log, 0));
      }
      Path export = scale.folder.resolve("export.jsonl");
      try (OutputStream out = Files.newOutputStream(export)) {
        new AuditExport(out, Instant.MIN).write(new AuditSource.Log(log, 0), 0);
      }
      for (int round = 0; round < 2; round++) {
        scale.baseline(
            "read and hashed, export", new AuditSource.Export(Files.newInputStream(export)));
        scale.verify("verified, export", new AuditSource.Export(Files.newInputStream(export)));
      }
    }
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        Locale.ROOT,
        "holds %d MB of %d MB%n",
        (runtime.totalMemory() - runtime.freeMemory()) >> 20,
        runtime.maxMemory() >> 20);
  }

  private void write(int records) throws InterruptedException {
    Semaphore room = new Semaphore(IN_FLIGHT);
    AtomicLong failed = new AtomicLong();
    try (EmbeddedLog log =
        EmbeddedLog.open(folder.resolve("log"), InstantSource.system(), "perf/audit")) {
      Stopwatch watch = new Stopwatch();
      try (AuditLog audit =
          AuditLog.open(
              log,
              CheckpointSigner.of(() -> key),
              new CheckpointFile(checkpoints),
              InstantSource.system())) {
        for (int i = 0; i < records; i++) {
          room.acquire();
          var _ =
              audit
                  .record(event(i))
                  .thenAccept(
                      answer -> {
                        if (!(answer instanceof Appended.At)) {
                          failed.incrementAndGet();
                        }
                        room.release();
                      });
        }
        room.acquire(IN_FLIGHT);
      }
      watch.print("recorded, durable", records);
    }
    if (failed.get() > 0) {
      throw new IllegalStateException(failed + " events were not written");
    }
  }

  private static AuditEvent event(int i) {
    return AuditEvent.about(
            Action.TOKEN_ISSUED,
            Outcome.DONE,
            new Actor(Actor.Kind.CALLER, "spiffe://cluster.local/ns/shop/sa/checkout", ""))
        .withSubject("spiffe://cluster.local/ns/shop/sa/checkout")
        .withClient("checkout-" + i % 100)
        .withTokenId("AbCdEfGhIjKlMnOpQr" + i % 10_000)
        .withAudiences(List.of("orders"))
        .withScopes(List.of("orders:read", "orders:write"))
        .withKid("zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme")
        .withRule("shop/checkout-reads-orders")
        .withCall("8d1f0a52-7d3c-4ad7-9b0c-" + i, "0af7651916cd43dd8448eb211c80319c")
        .event();
  }

  private void verify(String what, AuditSource source) {
    Stopwatch watch = new Stopwatch();
    VerifyReport report =
        AuditVerification.of(
            source,
            Optional.of(checkpoints),
            CheckpointTrust.in(List.of(key.verificationKey()), CryptoProvider.best()),
            Extent.WHOLE);
    if (!report.isSound()) {
      throw new IllegalStateException(report.findings().getFirst().toString());
    }
    watch.print(what + " (" + report.checkpoints() + " checkpoints)", report.records());
  }

  private void baseline(String what, AuditSource source) {
    Stopwatch watch = new Stopwatch();
    MessageDigest sha256 = sha256();
    long[] records = {0};
    long[] bytes = {0};
    source.read(
        (place, payload) -> {
          byte[] utf8 = payload.getBytes(StandardCharsets.UTF_8);
          sha256.update(utf8);
          records[0]++;
          bytes[0] += utf8.length;
        });
    watch.print(what + " (" + (bytes[0] >> 20) + " MB)", records[0]);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Time and CPU since it was made; other processes on the machine disturb the latter least. */
  private static final class Stopwatch {
    private final long started = System.nanoTime();
    private final Duration before = cpu();

    void print(String what, long records) {
      long nanos = System.nanoTime() - started;
      System.out.printf(
          Locale.ROOT,
          "%-40s %,9d records in %5.2f s, %,9d/s, %5.2f s of CPU on all threads%n",
          what,
          records,
          Duration.ofNanos(nanos).toMillis() / 1e3,
          records * 1_000_000_000L / nanos,
          cpu().minus(before).toMillis() / 1e3);
    }

    private static Duration cpu() {
      return ManagementFactory.getOperatingSystemMXBean()
              instanceof com.sun.management.OperatingSystemMXBean os
          ? Duration.ofNanos(os.getProcessCpuTime())
          : Duration.ZERO;
    }
  }
}
