package io.gat.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The log in a folder of this machine: an SQLite database with a write-ahead log, for one process
 * that writes and any number that read.
 *
 * <p>An append is acknowledged once SQLite has committed with {@code synchronous=FULL}: the disk
 * has said that it has it. Appends that wait at the same time share a commit. Where more than
 * 16,384 entries or 64 MiB wait already (twice that for what takes away), an append completes at
 * once with {@link Appended.Unknown}.
 *
 * <p>Times are kept in microseconds.
 */
public final class EmbeddedLog implements SharedLog {
  private static final String WRITER = "embedded";

  private final OpenLog open;
  private final InstantSource clock;
  private final Witness witness;
  private final WorkQueue work;
  private final Published published;
  private final RecordQueries queries;
  private final Checkpoints checkpoints;
  private final Committer committer;
  private final Thread thread;
  private final Set<Delivery> deliveries = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Takes over what was opened; where that does not work, closes the witness and not the rest. */
  EmbeddedLog(
      OpenLog open, OpenLog.Writing writing, InstantSource clock, Options options, Reserve reserve)
      throws SQLException, IOException {
    Path file = open.files().database();
    this.open = open;
    this.clock = clock;
    this.witness = writing.witness();
    this.work = new WorkQueue(options.queueEntries(), options.queueBytes());
    this.published = new Published(open.heads());
    this.queries = new RecordQueries(file);
    this.checkpoints = Checkpoints.start(file);
    try {
      this.committer =
          new Committer(
              file,
              open.connection(),
              witness,
              writing.generation(),
              OpenedFiles.of(open.files(), open.state().file()),
              reserve,
              checkpoints,
              work,
              open.heads(),
              published,
              writing.health());
    } catch (SQLException | IOException | RuntimeException e) {
      checkpoints.close();
      witness.close();
      throw e;
    }
    this.thread = Thread.ofPlatform().name("gat-log-writer").daemon().start(committer::run);
  }

  /**
   * Opens the log for writing; creates it where there is none. Verifies every record.
   *
   * @param folder created with mode 0700 where there is none
   * @param clock for the records' times
   * @param holder what this process is, such as {@code gat serve}, for those who find it locked
   * @throws LogException where another process writes to it, or it is damaged, or was restored or
   *     moved
   */
  public static EmbeddedLog open(Path folder, InstantSource clock, String holder) {
    return open(folder, clock, holder, Options.RESERVE, Options.usual().lockWait());
  }

  /**
   * The same with another reserve and more or less patience.
   *
   * @param reserve bytes that are kept for what takes away when the disk is full, in [0, ∞);
   *     default 16 MiB
   * @param lockWait for how long to wait while another process writes to it; default 300 ms
   */
  public static EmbeddedLog open(
      Path folder, InstantSource clock, String holder, long reserve, Duration lockWait) {
    LogFiles files = new LogFiles(folder);
    Options options = Options.usual().withReserve(reserve).withLockWait(lockWait);
    return open(files, clock, holder, options, new ReserveFile(files, reserve));
  }

  static EmbeddedLog open(
      LogFiles files, InstantSource clock, String holder, Options options, Reserve reserve) {
    OpenLog open = OpenLog.open(files, clock.instant(), holder, options);
    boolean done = false;
    try {
      OpenLog.Writing writing = open.begin(reserve);
      EmbeddedLog log = new EmbeddedLog(open, writing, clock, options, reserve);
      done = true;
      return log;
    } catch (SQLException e) {
      throw OpenLog.unusable(files, e);
    } catch (IOException e) {
      throw new LogException(files.folder() + ": cannot be written: " + e, e);
    } finally {
      if (!done) {
        open.close();
      }
    }
  }

  /**
   * Opens the log to read, also while another process writes to it. Verifies what it reads, and not
   * more.
   *
   * @throws LogException where there is none
   */
  public static LogReader openReadOnly(Path folder) {
    return new ReadOnlyLog(reading(new LogFiles(folder), RecordQuery.Reading.VERIFIED));
  }

  /**
   * The same, but also gives out records that are not as they were written: for whoever has to tell
   * what was done to them, and has a chain of their own to tell it by.
   *
   * @throws LogException where there is none
   */
  public static LogReader openAsFound(Path folder) {
    return new ReadOnlyLog(reading(new LogFiles(folder), RecordQuery.Reading.AS_FOUND));
  }

  private static RecordQueries reading(LogFiles files, RecordQuery.Reading reading) {
    if (!Files.exists(files.database())) {
      throw new LogException(
          files.database() + ": there is no log; the issuer creates it when it first starts");
    }
    files.checkPermissions(LogFiles.Use.READ);
    return new RecordQueries(files.database(), reading);
  }

  /**
   * Makes a log that was restored or moved usable again, as another log: with a new incarnation.
   * Whoever relied on records that it lost can tell by that.
   *
   * @param holder what this process is
   * @param first makes what is written together with the new incarnation, or not at all; no ids
   * @throws LogException where another process writes to it, there is none, or it is damaged
   */
  public static Acceptance accept(
      Path folder,
      InstantSource clock,
      String holder,
      Function<Acceptance.Accepted, List<LogEntry>> first) {
    LogFiles files = new LogFiles(folder);
    if (!Files.exists(files.database()) && !Files.exists(files.witness())) {
      throw new LogException(files.database() + ": there is no log; nothing to accept");
    }
    Instant now = clock.instant();
    try (OpenLog open = OpenLog.open(files, now, holder, Options.usual())) {
      return open.accept(now, first);
    }
  }

  /**
   * How a log is, also while another process writes to it.
   *
   * @throws LogException where there is none, it cannot be read, or the last records of a topic are
   *     missing
   */
  public static LogStatus status(Path folder) {
    LogFiles files = new LogFiles(folder);
    try (RecordQueries queries = reading(files, RecordQuery.Reading.VERIFIED)) {
      Optional<Witness.Statement> witness = Witness.read(files.witness());
      LogState state = queries.ask(RecordQuery::state);
      Heads heads = queries.ask(RecordQuery::heads);
      Map<Topic, LogStatus.Size> topics = new EnumMap<>(Topic.class);
      for (Topic topic : Topic.values()) {
        topics.put(topic, queries.ask(query -> query.size(topic)));
      }
      Provenance.checkTails(files, state.incarnation(), heads, witness);
      Optional<String> doubt = Provenance.doubt(files, state, heads.end(), witness);
      LogHealth health =
          doubt.isPresent()
              ? new LogHealth.Failed("restored or moved: " + doubt.get())
              : Files.exists(files.reserve()) ? new LogHealth.Sound() : new LogHealth.Full();
      return new LogStatus(
          state.incarnation(),
          heads.end(),
          topics,
          LogLock.holder(files),
          health,
          Files.getFileStore(files.folder()).getUsableSpace());
    } catch (IOException e) {
      throw new LogException(files.folder() + ": cannot be read: " + e, e);
    }
  }

  /** Who writes to the log in this folder now, in a line; empty where nobody does. */
  public static Optional<String> holder(Path folder) {
    return LogLock.holder(new LogFiles(folder));
  }

  @Override
  public String writer() {
    return WRITER;
  }

  @Override
  public String incarnation() {
    return open.state().incarnation();
  }

  @Override
  public long end() {
    return published.end();
  }

  @Override
  public long end(Topic topic) {
    return published.end(topic);
  }

  @Override
  public List<LogRecord> read(long after, int max, Set<Topic> topics) {
    return queries.read(after, max, Long.MAX_VALUE, topics);
  }

  @Override
  public Optional<LogRecord> find(Topic topic, String id) {
    return queries.find(topic, id);
  }

  @Override
  public CompletableFuture<Appended> append(List<LogEntry> entries, OptionalLong lastOfTopic) {
    LogEntry.checkTogether(entries);
    if (committer.health() instanceof LogHealth.Failed(String why)) {
      return unknown(why);
    }
    Work.Append append =
        new Work.Append(
            entries.stream().map(Work.Row::of).toList(),
            lastOfTopic,
            Work.micros(clock.instant()),
            entries.stream().anyMatch(e -> e.effect() == Effect.GRANTS)
                ? Effect.GRANTS
                : Effect.TAKES_AWAY,
            new CompletableFuture<>());
    return switch (work.offer(append)) {
      case TAKEN -> append.done();
      case CROWDED -> unknown("more appends wait than the log takes; nothing was written");
      case CLOSED -> unknown("the log is closed");
    };
  }

  @Override
  public CompletableFuture<Appended> tick() {
    return work.tick().map(CompletableFuture::copy).orElseGet(() -> unknown("the log is closed"));
  }

  private static CompletableFuture<Appended> unknown(String why) {
    return CompletableFuture.completedFuture(new Appended.Unknown(why));
  }

  @Override
  public Following follow(long after, Set<Topic> topics, Follower follower) {
    if (closed) {
      throw new LogException("the log is closed");
    }
    Delivery delivery = Delivery.start(queries, published, after, topics, follower);
    deliveries.add(delivery);
    if (closed) {
      delivery.close(); // closed meanwhile, and perhaps without seeing this one
    }
    return () -> {
      delivery.close();
      deliveries.remove(delivery);
    };
  }

  /**
   * {@inheritDoc}
   *
   * <p>In steps of 1,000 records, between which others append. Waits for the last one.
   *
   * @throws LogException where it could not be done; what was dropped until then stays dropped
   */
  @Override
  public void compact(Topic topic, long before) {
    Work.Compaction compaction = new Work.Compaction(topic, before, new CompletableFuture<>());
    if (work.offer(compaction) != WorkQueue.Entrance.TAKEN) {
      throw new LogException("the log is closed");
    }
    try {
      compaction.done().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof LogException why
          ? new LogException(String.valueOf(why.getMessage()), why)
          : new LogException("the log could not be compacted", e);
    }
  }

  @Override
  public LogHealth health() {
    return committer.health();
  }

  /** What the log has done, for metrics. */
  public LogStats stats() {
    long free;
    try {
      free = Files.getFileStore(open.files().folder()).getUsableSpace();
    } catch (IOException e) {
      free = -1;
    }
    return new LogStats(
        committer.acknowledged(),
        committer.commits(),
        committer.lastCommit(),
        free,
        work.waiting());
  }

  /** Writes what waits, ends deliveries and lets the next process have the log. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    work.close();
    join();
    deliveries.forEach(Delivery::close);
    queries.close();
    checkpoints.close();
    try (open) {
      witness.close();
    } catch (IOException e) {
      throw new LogException(open.files().witness() + ": cannot be written: " + e, e);
    }
  }

  private void join() {
    boolean interrupted = false;
    while (true) {
      try {
        if (thread.join(Duration.ofSeconds(30))) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
