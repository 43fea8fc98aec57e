package io.gat.perf;

import io.gat.log.Appended;
import io.gat.log.Effect;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogEntry;
import io.gat.log.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * What the embedded log takes: writers that each wait for their acknowledgement, half of that
 * offered openly, plain SQLite beside it, and how long opening verifies. {@code LogLoad FOLDER
 * SECONDS ROUNDS RECORDS}.
 */
public final class LogLoad {
  private static final int WRITERS = 16;
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final String PAYLOAD =
      "{\"event\":\"token_issued\",\"principal\":\"spiffe://cluster.local/ns/shop/sa/checkout\","
          + "\"audience\":[\"orders\"],\"scope\":\"orders:read orders:write\",\"token_id\":"
          + "\"q83vEjRWeJCrze8SNFZ4kA\",\"request_id\":\"5a0c2e0e-6a0f-4d1c-8f5a-0c2e0e6a0f4d\","
          + "\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"n\":";

  private final Path folder;
  private final Duration window;

  private LogLoad(Path folder, Duration window) {
    this.folder = folder;
    this.window = window;
  }

  /** Measures, and prints one line a result. */
  public static void main(String[] args) throws Exception {
    LogLoad load = new LogLoad(Path.of(args[0]), Duration.ofSeconds(Integer.parseInt(args[1])));
    int rounds = Integer.parseInt(args[2]);
    int records = Integer.parseInt(args[3]);
    for (int round = 0; round < rounds; round++) {
      System.out.printf(Locale.ROOT, "SYNC %.0f%n", load.sync(round));
      System.out.printf(Locale.ROOT, "RAW %.0f%n", load.raw(round));
      load.log(round);
    }
    if (records > 0) {
      load.verify(records);
    }
  }

  /** How often per second this disk makes 8 KiB durable, one after the other. */
  private double sync(int round) throws IOException {
    Path file = folder.resolve("sync-" + round);
    try (var channel =
        java.nio.channels.FileChannel.open(
            file,
            java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.allocate(1 << 20), 0);
      channel.force(true);
      long started = System.nanoTime();
      int count = 0;
      while (System.nanoTime() - started < 1_000_000_000L) {
        channel.write(java.nio.ByteBuffer.allocate(8192), count % 128 * 8192L);
        channel.force(false);
        count++;
      }
      return count * 1e9 / (System.nanoTime() - started);
    } finally {
      Files.delete(file);
    }
  }

  /** Rows per second of SQLite alone: one thread, 16 rows a transaction, each one durable. */
  private double raw(int round) throws SQLException, IOException {
    Path file = folder.resolve("raw-" + round + ".db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute(
          "CREATE TABLE record(position INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
              + " payload BLOB NOT NULL) STRICT");
      try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO record VALUES(?, ?, ?)");
          PreparedStatement begin = connection.prepareStatement("BEGIN IMMEDIATE");
          PreparedStatement commit = connection.prepareStatement("COMMIT")) {
        long position = 0;
        long from = 0;
        long started = System.nanoTime();
        long measured = started + WARM_UP.toNanos();
        long end = measured + window.toNanos();
        for (long now = started; now - end < 0; now = System.nanoTime()) {
          if (now - measured < 0) {
            from = position;
          }
          begin.execute();
          for (int i = 0; i < WRITERS; i++) {
            position++;
            insert.setLong(1, position);
            insert.setLong(2, now);
            insert.setBytes(3, payload(position).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            insert.executeUpdate();
          }
          commit.execute();
        }
        return (position - from) / seconds(window);
      }
    } finally {
      Files.delete(file);
    }
  }

  private void log(int round) throws InterruptedException {
    Path own = folder.resolve("log-" + round);
    try (EmbeddedLog log = EmbeddedLog.open(own, InstantSource.system(), "perf")) {
      closed(log, Ids.NONE, WARM_UP);
      double plain = closed(log, Ids.NONE, window);
      double withIds = closed(log, Ids.RANDOM, window);
      System.out.printf(Locale.ROOT, "CLOSED %.0f %.0f%n", plain, withIds);
      open(log, "OPEN", (int) (plain / 2));
      // The goal's half, whatever this machine makes of the rest.
      open(log, "OPEN_10000", 10_000);
    }
  }

  /** Whether records have ids; an id has its place in an index. */
  private enum Ids {
    NONE,
    RANDOM
  }

  /** Records per second of writers that wait for each of theirs. */
  private double closed(EmbeddedLog log, Ids ids, Duration time) throws InterruptedException {
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicReference<Appended> failure = new AtomicReference<>();
    long started = System.nanoTime();
    long end = started + time.toNanos();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int n = 0; System.nanoTime() - end < 0; n++) {
                      Appended answer = log.append(entry(ids, n)).join();
                      if (answer instanceof Appended.At) {
                        acknowledged.incrementAndGet();
                      } else {
                        failure.set(answer);
                        return;
                      }
                    }
                  }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException(failure.get().toString());
    }
    return acknowledged.get() * 1e9 / (System.nanoTime() - started);
  }

  /** Appends at a fixed rate, whatever the log makes of them; each latency counts from when due. */
  private void open(EmbeddedLog log, String name, int rate) throws InterruptedException {
    int count = (int) (rate * seconds(window));
    long[] micros = new long[count];
    List<CompletableFuture<Void>> all = new ArrayList<>(count);
    long start = System.nanoTime() + 10_000_000;
    AtomicInteger failed = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      int call = i;
      long due = start + i * 1_000_000_000L / rate;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      all.add(
          log.append(entry(Ids.NONE, i))
              .thenAccept(
                  answer -> {
                    micros[call] = (System.nanoTime() - due) / 1_000;
                    if (!(answer instanceof Appended.At)) {
                      failed.incrementAndGet();
                    }
                  }));
    }
    all.forEach(CompletableFuture::join);
    Arrays.sort(micros);
    System.out.printf(
        Locale.ROOT,
        "%s %d %d %.2f %.2f %.2f%n",
        name,
        rate,
        failed.get(),
        Tally.percentile(micros, 50),
        Tally.percentile(micros, 99),
        micros[count - 1] / 1_000.0);
  }

  /** Fills a log, closes it and opens it again. */
  private void verify(int records) throws IOException {
    Path own = folder.resolve("verified");
    try (EmbeddedLog log = EmbeddedLog.open(own, InstantSource.system(), "perf")) {
      Semaphore room = new Semaphore(8_000);
      for (int i = 0; i < records; i++) {
        room.acquireUninterruptibly();
        CompletableFuture<Void> unused =
            log.append(entry(i % 4 == 0 ? Ids.RANDOM : Ids.NONE, i))
                .thenAccept(_ -> room.release());
        if (unused.isCompletedExceptionally()) {
          throw new IllegalStateException("an append failed");
        }
      }
      room.acquireUninterruptibly(8_000);
      if (log.end() != records) {
        throw new IllegalStateException("wrote " + log.end() + " of " + records);
      }
    }
    for (int i = 0; i < 3; i++) {
      long started = System.nanoTime();
      EmbeddedLog log = EmbeddedLog.open(own, InstantSource.system(), "perf");
      double took = (System.nanoTime() - started) / 1e9;
      log.close();
      System.out.printf(
          Locale.ROOT,
          "VERIFY %d %d %.2f%n",
          records,
          Files.size(own.resolve("log.db")) >> 20,
          took);
    }
  }

  private static LogEntry entry(Ids ids, int n) {
    return switch (ids) {
      case NONE -> new LogEntry(Topic.AUDIT, "", payload(n), Effect.GRANTS);
      case RANDOM ->
          new LogEntry(
              Topic.CLAIM, java.util.UUID.randomUUID().toString(), payload(n), Effect.GRANTS);
    };
  }

  private static String payload(long n) {
    return PAYLOAD + n + "}";
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
