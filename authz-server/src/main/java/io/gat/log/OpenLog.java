package io.gat.log;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A log that is locked and verified, and not yet in use: the steps between a folder and an {@link
 * EmbeddedLog}.
 */
final class OpenLog implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final LogFiles files;
  private final LogLock lock;
  private final Connection connection;
  private final Optional<Witness.Statement> witness;
  private final Verification.Whole whole;
  private final Optional<String> doubt;
  private final boolean created;

  private OpenLog(
      LogFiles files,
      LogLock lock,
      Connection connection,
      Optional<Witness.Statement> witness,
      Verification.Whole whole,
      boolean created)
      throws IOException {
    this.files = files;
    this.lock = lock;
    this.connection = connection;
    this.witness = witness;
    this.whole = whole;
    this.created = created;
    this.doubt =
        created && Files.exists(files.witness())
            ? Optional.of("log.db was missing or empty")
            : Provenance.doubt(files, whole.state(), whole.heads().end(), witness);
  }

  /**
   * Locks and verifies; creates the log where there is none.
   *
   * @throws LogException where another process has it, or it is damaged
   */
  static OpenLog open(LogFiles files, Instant now, String holder, Options options) {
    files.prepare();
    LogLock lock = LogLock.acquire(files, holder, now, options.lockWait());
    Optional<OpenLog> open = Optional.empty();
    try {
      open = Optional.of(open(files, lock, options));
      return open.get();
    } catch (SQLException e) {
      throw unusable(files, e);
    } catch (IOException e) {
      throw new LogException(files.database() + ": cannot be opened: " + e, e);
    } finally {
      if (open.isEmpty()) {
        lock.close();
      }
    }
  }

  private static OpenLog open(LogFiles files, LogLock lock, Options options)
      throws SQLException, IOException {
    // Before the database is opened: it is not to learn from what happens now.
    Optional<Witness.Statement> witness = Witness.read(files.witness());
    if (!Files.exists(files.database())) {
      LogFiles.create(files.database());
      files.sync();
    }
    boolean empty = Files.size(files.database()) == 0;
    FileIdentity identity =
        empty ? FileIdentity.ofNew(files.database()) : FileIdentity.of(files.database());
    Connection connection = Tables.openToWrite(files.database(), options);
    Optional<OpenLog> open = Optional.empty();
    try {
      boolean created = Tables.definitionsIn(connection).isEmpty();
      if (created) {
        initialise(connection, identity);
      }
      Verification.Whole whole = Verification.verify(files.database(), connection);
      Provenance.checkTails(files, whole.state().incarnation(), whole.heads(), witness);
      open = Optional.of(new OpenLog(files, lock, connection, witness, whole, created));
      return open.get();
    } finally {
      if (open.isEmpty()) {
        connection.close();
      }
    }
  }

  private static void initialise(Connection connection, FileIdentity identity) throws SQLException {
    Tables.run(connection, "BEGIN IMMEDIATE");
    Tables.create(connection);
    LogState.initial(newIncarnation(), identity).write(connection);
    Tables.run(connection, "COMMIT");
  }

  /** A line for a database that SQLite can't work with. */
  static LogException unusable(LogFiles files, SQLException e) {
    if (Tables.isFull(e)) {
      return new LogException(
          files.database() + ": there is no space on its volume; free some and start again", e);
    }
    if (e instanceof SQLiteException failure && isDamage(files, failure.getResultCode())) {
      return Verification.damaged(files.database(), e);
    }
    return new LogException(files.database() + ": cannot be opened: " + e.getMessage(), e);
  }

  private static boolean isDamage(LogFiles files, SQLiteErrorCode code) {
    return code == SQLiteErrorCode.SQLITE_NOTADB
        || code == SQLiteErrorCode.SQLITE_ERROR
        || (code.code & 0xff) == SQLiteErrorCode.SQLITE_CORRUPT.code
        // So SQLite calls a file whose header names a form from the future.
        || (code == SQLiteErrorCode.SQLITE_READONLY && Files.isWritable(files.database()));
  }

  static String newIncarnation() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  LogFiles files() {
    return files;
  }

  Connection connection() {
    return connection;
  }

  LogState state() {
    return whole.state();
  }

  Heads heads() {
    return whole.heads();
  }

  /**
   * Begins the next generation, in the database and then with the witness.
   *
   * @throws LogException where the log was restored or moved
   */
  Writing begin(Reserve reserve) throws SQLException, IOException {
    if (doubt.isPresent()) {
      throw Provenance.refusal(files, doubt.get());
    }
    long before = state().generation();
    Witness.Statement known;
    if (witness.isPresent()) {
      known = witness.get();
    } else {
      Witness.replace(files, before, state().incarnation(), heads());
      known = Witness.read(files.witness()).orElseThrow();
    }
    Witness open = Witness.open(files.witness(), known);
    try {
      if (known.generation() < before) { // the last start ended between the two
        open.write(before, heads());
        open.force();
      }
      LogHealth health = setGeneration(before + 1, reserve);
      open.write(before + 1, heads());
      open.force();
      return new Writing(open, before + 1, health);
    } catch (SQLException | IOException | RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /**
   * What the one that writes goes on with.
   *
   * @param generation the one that has begun
   * @param health whether there is space
   */
  record Writing(Witness witness, long generation, LogHealth health) {}

  private LogHealth setGeneration(long generation, Reserve reserve) throws SQLException {
    LogHealth health = reserve.fill(connection) ? new LogHealth.Sound() : new LogHealth.Full();
    try {
      putGeneration(generation);
      return health;
    } catch (SQLException e) {
      if (!Tables.isFull(e)) {
        throw e;
      }
      reserve.release(connection);
      putGeneration(generation);
      return new LogHealth.Full();
    }
  }

  private void putGeneration(long generation) throws SQLException {
    Tables.run(connection, "BEGIN IMMEDIATE");
    boolean done = false;
    try {
      checkUntouched();
      LogState.putGeneration(connection, generation);
      Tables.run(connection, "COMMIT");
      done = true;
    } finally {
      if (!done) {
        Tables.rollBack(connection);
      }
    }
  }

  /**
   * Refuses a log that somebody has written to since it was verified. The lock keeps others out
   * unless its file was removed; within a transaction that writes, SQLite does.
   */
  private void checkUntouched() throws SQLException {
    LogState now = LogState.read(connection);
    boolean same =
        now.generation() == state().generation() && now.incarnation().equals(state().incarnation());
    for (Topic topic : Topic.values()) {
      long last = Tables.number(connection, "SELECT max(position) FROM " + Tables.name(topic));
      same &= Math.max(last, now.base(topic).position()) == heads().end(topic);
    }
    if (!same) {
      throw new LogException(
          files.database()
              + ": another process writes to this log, without the lock on "
              + files.lock()
              + ", which somebody has removed; stop that process");
    }
  }

  /**
   * Makes another log of it where that is needed.
   *
   * @param first what is to be written together with that
   */
  Acceptance accept(Instant now, Function<Acceptance.Accepted, List<LogEntry>> first) {
    LogState old = state();
    long end = heads().end();
    if (doubt.isEmpty()) {
      return new Acceptance.NotNeeded(old.incarnation(), end);
    }
    long known = witness.map(Witness.Statement::position).orElse(0L);
    long generation =
        Math.max(old.generation(), witness.map(Witness.Statement::generation).orElse(0L));
    Acceptance.Accepted accepted =
        new Acceptance.Accepted(
            doubt.get(),
            created ? witness.map(Witness.Statement::incarnation) : Optional.of(old.incarnation()),
            newIncarnation(),
            end,
            Math.max(0, known - end));
    try {
      long floor = Math.max(end, known);
      Heads next = heads().copy();
      next.skipTo(floor);
      Tables.run(connection, "BEGIN IMMEDIATE");
      checkUntouched();
      old.accepted(accepted.now(), generation + 1, FileIdentity.ofNew(files.database()), floor)
          .write(connection);
      RecordInsert insert = new RecordInsert(connection);
      for (LogEntry entry : first.apply(accepted)) {
        if (!insert.insert(Work.Row.of(entry), Work.micros(now), next)) {
          throw new IllegalStateException("the log has a record with the id " + entry.id());
        }
      }
      Tables.run(connection, "COMMIT");
      Witness.replace(files, generation + 1, accepted.now(), next);
      return accepted;
    } catch (SQLException e) {
      throw unusable(files, e);
    } catch (IOException e) {
      throw new LogException(files.folder() + ": cannot be written: " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close(); // also ends a transaction under way
    } catch (SQLException e) {
      throw new LogException(files.database() + ": cannot be closed: " + e.getMessage(), e);
    } finally {
      lock.close();
    }
  }
}
