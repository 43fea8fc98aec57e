package io.gat.log;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes what waits: everything that waits at one time is one transaction, and the disk is waited
 * for once. Nobody is told anything before that. While the disk works, the next ones gather; so the
 * more there is to do, the larger the transactions, and no clock has to decide.
 *
 * <p>All of it runs on one thread. What others may read of it is volatile.
 */
final class Committer {
  private static final System.Logger LOG = System.getLogger(Committer.class.getName());

  /** How often a log that is full looks for space. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final String TAKEN_OVER =
      "another process has opened the log for writing since, without the lock on log.lock, which"
          + " somebody has removed; end one of the two";

  private final Path file;
  private final Connection connection;
  private final Witness witness;
  private final long generation;
  private final Reserve reserve;
  private final Checkpoints checkpoints;
  private final WorkQueue work;
  private final Published published;
  private final OpenedFiles files;
  private WriterStatements sql;
  private final Heads durable;
  private long lookForSpaceAt;
  private Optional<WorkQueue.Batch> inHand = Optional.empty();

  private volatile LogHealth health;
  private volatile String witnessFailure = "";
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong commits = new AtomicLong();
  private volatile long lastCommitNanos;

  Committer(
      Path file,
      Connection connection,
      Witness witness,
      long generation,
      OpenedFiles files,
      Reserve reserve,
      Checkpoints checkpoints,
      WorkQueue work,
      Heads durable,
      Published published,
      LogHealth health)
      throws SQLException {
    this.file = file;
    this.connection = connection;
    this.witness = witness;
    this.generation = generation;
    this.files = files;
    this.reserve = reserve;
    this.checkpoints = checkpoints;
    this.work = work;
    this.published = published;
    this.health = health;
    this.sql = WriterStatements.prepare(connection);
    this.durable = durable.copy();
    this.lookForSpaceAt = System.nanoTime() + PATIENCE.toNanos();
  }

  LogHealth health() {
    LogHealth now = health;
    String why = witnessFailure;
    return now instanceof LogHealth.Sound && !why.isEmpty() ? new LogHealth.Degraded(why) : now;
  }

  long acknowledged() {
    return acknowledged.get();
  }

  long commits() {
    return commits.get();
  }

  Duration lastCommit() {
    return Duration.ofNanos(lastCommitNanos);
  }

  /** Works until the queue is closed and empty. */
  void run() {
    try {
      while (true) {
        WorkQueue.Batch batch = work.next(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        if (batch.last()) {
          return;
        }
        inHand = Optional.of(batch);
        lookForSpace();
        if (!batch.appends().isEmpty() || !batch.ticks().isEmpty()) {
          write(batch.appends(), batch.ticks());
        }
        batch.compaction().ifPresent(this::compact);
        checkpoint(batch);
        inHand = Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("its thread was interrupted", e);
    } catch (RuntimeException | Error e) {
      fail("a bug: " + e, e);
      throw e;
    } finally {
      inHand.ifPresent(batch -> refuse(batch, "nobody knows whether it was written"));
      refuseWhatWaits();
    }
  }

  private void write(List<Work.Append> appends, List<CompletableFuture<Appended>> ticks) {
    Attempt first = attempt(appends, !ticks.isEmpty());
    if (!(first instanceof Attempt.NoSpace)) {
      tell(first, appends, ticks);
      return;
    }
    becomeFull();
    Attempt second = attempt(appends, !ticks.isEmpty());
    if (!(second instanceof Attempt.NoSpace)) {
      tell(second, appends, ticks);
      return;
    }
    // What is small may still fit.
    for (Work.Append append : appends) {
      tell(attempt(List.of(append), false), List.of(append), List.of());
    }
    if (!ticks.isEmpty()) {
      tell(attempt(List.of(), true), List.of(), ticks);
    }
  }

  /** What became of a transaction. */
  private sealed interface Attempt {
    /** It is durable; an answer for each append. */
    record Durable(List<Appended> answers) implements Attempt {}

    /** Nothing of it is. */
    record NoSpace() implements Attempt {}

    /** Nobody knows. */
    record Unclear(String why) implements Attempt {}
  }

  private Attempt attempt(List<Work.Append> appends, boolean withTick) {
    if (health instanceof LogHealth.Failed(String why)) {
      return new Attempt.Unclear(why);
    }
    long started = System.nanoTime();
    Heads heads = durable.copy();
    try {
      sql.begin().execute();
      if (!sql.isCurrent(generation)) {
        rollBack();
        return failed(TAKEN_OVER);
      }
      List<Appended> answers = new ArrayList<>(appends.size());
      for (Work.Append append : appends) {
        answers.add(answer(append, heads));
      }
      if (withTick && heads.end() == durable.end()) {
        sql.tick().executeUpdate();
      }
      sql.commit().execute();
      // What is acknowledged was in the file of this name after it was written.
      Optional<Path> gone = files.gone();
      if (gone.isPresent()) {
        return failed(
            gone.get() + " is not the file that was opened: somebody replaced or removed it");
      }
      durable.become(heads);
      note();
      commits.incrementAndGet();
      lastCommitNanos = System.nanoTime() - started;
      return new Attempt.Durable(answers);
    } catch (SQLException e) {
      rollBack();
      if (health instanceof LogHealth.Failed(String why)) {
        return new Attempt.Unclear(why);
      }
      if (Tables.isFull(e)) {
        return new Attempt.NoSpace();
      }
      if (Tables.isBusy(e)) {
        return new Attempt.Unclear(
            file + ": another program holds the database: " + e.getMessage());
      }
      return failed(file + ": cannot be written: " + e.getMessage());
    } catch (IOException e) {
      return failed(file + ": cannot be found, somebody replaced or removed it: " + e);
    }
  }

  private Appended answer(Work.Append append, Heads heads) throws SQLException {
    OptionalLong expected = append.lastOfTopic();
    boolean conflict = expected.isPresent() && expected.getAsLong() != heads.end(append.topic());
    boolean refused = health instanceof LogHealth.Full && append.effect() == Effect.GRANTS;
    if (!conflict && !refused) {
      int written = 0;
      for (Work.Row row : append.rows()) {
        if (!sql.records().insert(row, append.at(), heads)) {
          break;
        }
        written++;
      }
      if (written == append.rows().size()) {
        return new Appended.At(heads.end(), Appended.Novelty.NEW);
      }
      // Only an append of one row has an id, so this one wrote nothing.
    }
    OptionalLong same = sql.records().find(append.topic(), append.id());
    if (same.isPresent()) {
      return new Appended.At(same.getAsLong(), Appended.Novelty.REPEATED);
    }
    return conflict ? new Appended.Conflict(heads.end(append.topic())) : new Appended.Full();
  }

  /**
   * The witness first: what is acknowledged is never beyond what it knows, as long as it can be
   * written. Where it can't, revocations are still worth more than the knowledge of how many were
   * lost in a restore; the log's health says so.
   */
  private void note() {
    try {
      witness.write(generation, durable);
      witnessFailure = "";
    } catch (IOException e) {
      if (witnessFailure.isEmpty()) {
        LOG.log(System.Logger.Level.ERROR, "log.witness cannot be written: " + e);
      }
      witnessFailure =
          "log.witness cannot be written, so a backup that lacks records would not be recognized: "
              + e;
    }
    published.publish(durable);
  }

  private void tell(
      Attempt attempt, List<Work.Append> appends, List<CompletableFuture<Appended>> ticks) {
    switch (attempt) {
      case Attempt.Durable(List<Appended> answers) -> {
        acknowledged.addAndGet(answers.stream().filter(Appended.At.class::isInstance).count());
        for (int i = 0; i < answers.size(); i++) {
          appends.get(i).done().complete(answers.get(i));
        }
        ticks.forEach(done -> done.complete(new Appended.At(durable.end(), Appended.Novelty.NEW)));
      }
      case Attempt.NoSpace _ -> {
        appends.forEach(append -> append.done().complete(new Appended.Full()));
        ticks.forEach(
            done -> done.complete(new Appended.Unknown(file + ": there is no space left")));
      }
      case Attempt.Unclear(String why) -> {
        appends.forEach(append -> append.done().complete(new Appended.Unknown(why)));
        ticks.forEach(done -> done.complete(new Appended.Unknown(why)));
      }
    }
  }

  private void checkpoint(WorkQueue.Batch batch) {
    if (health instanceof LogHealth.Failed) {
      return;
    }
    checkpoints.written(batch);
    try {
      checkpoints.finish(connection);
    } catch (SQLException e) {
      if (Tables.isFull(e)) {
        becomeFull();
      } else if (!Tables.isBusy(e)) {
        fail(file + ": cannot be written: " + e.getMessage(), e);
      }
    }
  }

  private void compact(Work.Compaction compaction) {
    if (health instanceof LogHealth.Failed(String why)) {
      compaction.done().completeExceptionally(new LogException(why));
      return;
    }
    try {
      sql.begin().execute();
      if (!sql.isCurrent(generation)) {
        rollBack();
        fail(TAKEN_OVER, null);
        compaction.done().completeExceptionally(new LogException(TAKEN_OVER));
        return;
      }
      boolean more = sql.compactor().step(compaction.topic(), compaction.before());
      sql.commit().execute();
      if (!more) {
        compaction.done().complete(null);
      } else if (work.offer(compaction) != WorkQueue.Entrance.TAKEN) {
        compaction.done().completeExceptionally(new LogException("the log is closed"));
      }
    } catch (SQLException e) {
      rollBack();
      compaction
          .done()
          .completeExceptionally(
              new LogException(file + ": cannot be compacted: " + e.getMessage(), e));
      if (Tables.isFull(e)) {
        becomeFull();
      } else if (!Tables.isBusy(e)) {
        fail(file + ": cannot be compacted: " + e.getMessage(), e);
      }
    }
  }

  private void rollBack() {
    Tables.rollBack(connection);
    try {
      // The driver closes a statement that failed.
      sql.close();
      sql = WriterStatements.prepare(connection);
    } catch (SQLException e) {
      fail(file + ": cannot be used any more: " + e.getMessage(), e);
    }
  }

  private void becomeFull() {
    if (health instanceof LogHealth.Failed) {
      return; // for good
    }
    if (!(health instanceof LogHealth.Full)) {
      LOG.log(
          System.Logger.Level.ERROR,
          file + ": there is no space left; from now on only what takes away is written");
    }
    health = new LogHealth.Full();
    lookForSpaceAt = System.nanoTime() + PATIENCE.toNanos();
    try {
      reserve.release(connection);
      checkpoints.move(connection); // then the write-ahead log's blocks can be used again
    } catch (SQLException e) {
      if (!Tables.isFull(e) && !Tables.isBusy(e)) {
        fail(file + ": the reserve cannot be given back: " + e.getMessage(), e);
      }
    }
  }

  private void lookForSpace() {
    if (!(health instanceof LogHealth.Full) || System.nanoTime() - lookForSpaceAt < 0) {
      return;
    }
    lookForSpaceAt = System.nanoTime() + PATIENCE.toNanos();
    try {
      if (reserve.fill(connection)) {
        health = new LogHealth.Sound();
        LOG.log(System.Logger.Level.INFO, file + ": there is space again");
      }
    } catch (SQLException e) {
      fail(file + ": the reserve cannot be set aside: " + e.getMessage(), e);
    }
  }

  private Attempt failed(String why) {
    fail(why, null);
    return new Attempt.Unclear(why);
  }

  /**
   * Takes nothing any more: after a write that failed, only opening the log anew tells what is on
   * the disk.
   */
  private void fail(String why, @Nullable Throwable cause) {
    String line = why + "; restart gat, which verifies the log";
    LOG.log(System.Logger.Level.ERROR, line, cause);
    health = new LogHealth.Failed(line);
  }

  private void refuseWhatWaits() {
    work.close();
    try {
      while (true) {
        WorkQueue.Batch batch = work.next(0, TimeUnit.NANOSECONDS);
        if (batch.last()) {
          return;
        }
        refuse(batch, "the log is closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers those of a batch that have no answer yet. */
  private static void refuse(WorkQueue.Batch batch, String why) {
    Appended.Unknown unknown = new Appended.Unknown(why);
    batch.appends().forEach(append -> append.done().complete(unknown));
    batch.ticks().forEach(done -> done.complete(unknown));
    batch.compaction().ifPresent(one -> one.done().completeExceptionally(new LogException(why)));
  }
}
