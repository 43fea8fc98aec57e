package io.gat.telemetry;

import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import io.gat.log.LogRecord;
import io.gat.log.SharedLog;
import io.gat.log.Topic;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends the audit log to an OpenTelemetry collector as OTLP logs over HTTP.
 *
 * <p>It runs behind the log: each batch is read from the log again and again until the collector
 * has taken it, and then its position is written to a file, with the log's incarnation. So nothing
 * is lost while the collector is away or gat is killed, some records may come twice after that, and
 * no more than one batch is held in memory.
 */
public final class AuditOtlpExport implements AutoCloseable {
  private static final Logger LOG = System.getLogger(AuditOtlpExport.class.getName());
  private static final int BATCH = 500;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** How long the end waits for a collector that takes what it is given. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  /**
   * It would tell each failure with a stack trace. Held, because the JVM forgets the level of a
   * logger that nobody holds.
   */
  private static final java.util.logging.Logger EXPORTERS =
      java.util.logging.Logger.getLogger("io.opentelemetry");

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final SharedLog log;
  private final OtlpHttpLogRecordExporter exporter;
  private final AuditLogRecords records = new AuditLogRecords();
  private final Path positionFile;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicLong position;
  private final SharedLog.Following following;
  private volatile boolean away;

  private AuditOtlpExport(SharedLog log, URI collector, Path positionFile) {
    EXPORTERS.setLevel(java.util.logging.Level.OFF);
    this.log = log;
    this.exporter =
        OtlpHttpLogRecordExporter.builder()
            .setEndpoint(collector.toString())
            .setTimeout(TIMEOUT)
            .setCompression("gzip")
            // Only this class knows what to do when the collector is away.
            .setRetryPolicy(null)
            .build();
    this.positionFile = positionFile;
    this.position = new AtomicLong(remembered(positionFile, log.incarnation()));
    this.following = log.follow(position.get(), Set.of(Topic.AUDIT), this::take);
  }

  /**
   * Starts where the file says, or at the log's beginning.
   *
   * @param log is closed after this, and this after whoever writes audit records
   * @param collector where OTLP logs go, such as {@code https://collector:4318/v1/logs}
   * @param positionFile what was sent before; created and replaced
   * @throws UncheckedIOException where the file can't be read
   */
  public static AuditOtlpExport start(SharedLog log, URI collector, Path positionFile) {
    return new AuditOtlpExport(log, collector, positionFile.toAbsolutePath());
  }

  /** Positions of another incarnation say nothing about this log: it is sent from its beginning. */
  private static long remembered(Path file, String incarnation) {
    try {
      String[] said = Files.readString(file, StandardCharsets.US_ASCII).strip().split(" ", -1);
      return said.length == 2 && said[0].equals(incarnation) && said[1].matches("[0-9]{1,18}")
          ? Long.parseLong(said[1])
          : 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The position up to which the collector has everything. */
  public long position() {
    return position.get();
  }

  private void take(List<LogRecord> taken) {
    for (int from = 0; from < taken.size(); from += BATCH) {
      List<LogRecord> batch = taken.subList(from, Math.min(from + BATCH, taken.size()));
      if (!send(records.of(batch))) {
        return; // closed: the file still has the position before this batch
      }
      long last = batch.getLast().position();
      remember(last);
      synchronized (this) {
        position.set(last);
        notifyAll();
      }
    }
  }

  /** Sends until the collector has taken it; false where this is closed before. */
  private boolean send(List<LogRecordData> batch) {
    Duration pause = SHORTEST_PAUSE;
    try {
      while (closed.getCount() > 0) {
        CompletableResultCode result = exporter.export(batch);
        result.join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        if (result.isSuccess()) {
          if (away) {
            LOG.log(Level.INFO, "the collector takes audit records again");
          }
          away = false;
          return true;
        }
        if (!away) {
          away = true;
          LOG.log(
              Level.WARNING,
              "the collector does not take audit records; they stay in the log and are sent later: "
                  + why(result));
        }
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return false;
        }
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private synchronized void awaitEnd(long end) {
    long deadline = System.nanoTime() + CLOSE_PATIENCE.toNanos();
    try {
      while (position.get() < end && !away) {
        long rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (rest <= 0) {
          return;
        }
        wait(Math.min(rest, SHORTEST_PAUSE.toMillis()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String why(CompletableResultCode result) {
    Throwable failure = result.getFailureThrowable();
    if (failure == null) {
      return result.isDone() ? "it answers with an error" : "it does not answer";
    }
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Where this fails, records come twice after a restart, and none is lost. */
  private void remember(long last) {
    try {
      PrivateFiles.replace(
          positionFile,
          (log.incarnation() + " " + last + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (KeySourceException e) {
      LOG.log(
          Level.WARNING, "the position of the audit export cannot be written: " + e.getMessage());
    }
  }

  /**
   * Sends what the log has, as long as the collector takes it and for two seconds at most. What is
   * not sent then is sent after the next start.
   */
  @Override
  public void close() {
    awaitEnd(log.end(Topic.AUDIT));
    closed.countDown();
    following.close();
    records.close();
    exporter.close();
  }
}
