package io.gat.log;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Semaphore;

/**
 * Moves what was committed from the write-ahead log into the database, before the former grows too
 * long. SQLite would do so within a commit, and everybody would wait for megabytes to reach the
 * disk. Here a thread of its own moves most of it while others commit, and the one that writes only
 * what has come since: then SQLite begins the write-ahead log anew, in the same blocks.
 */
final class Checkpoints implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());

  /** How long the write-ahead log may become, about. */
  private static final long LENGTH = 4L * 1024 * 1024;

  /** What a commit writes at least: pages, of which it changes only a part. */
  private static final long COMMIT = 3 * 4096;

  /** A row with an id changes another page of the index. */
  private static final long ID = 4096;

  private static final long STEP = 64 * 1024;

  private final Path file;
  private final Semaphore wanted = new Semaphore(0);
  private final Thread thread;
  private long length;
  private boolean asked;
  private volatile boolean moved;
  private volatile boolean closed;

  private Checkpoints(Path file) {
    this.file = file;
    this.thread = Thread.ofPlatform().name("gat-log-checkpoint").daemon().unstarted(this::run);
  }

  static Checkpoints start(Path file) {
    Checkpoints checkpoints = new Checkpoints(file);
    checkpoints.thread.start();
    return checkpoints;
  }

  /** Notes what the one that writes has written. */
  void written(WorkQueue.Batch batch) {
    if (!batch.appends().isEmpty() || !batch.ticks().isEmpty()) {
      length += COMMIT;
    }
    for (Work.Append append : batch.appends()) {
      length += append.bytes() + (append.id().isEmpty() ? 0 : ID);
    }
    if (batch.compaction().isPresent()) {
      length += STEP;
    }
    if (length >= LENGTH && !asked) {
      asked = true;
      wanted.release();
    }
  }

  /** Moves the rest, where most is moved; for the one that writes. */
  void finish(Connection connection) throws SQLException {
    if (!moved && (!asked || thread.isAlive())) {
      return; // where the thread has ended for whatever reason, this one does it all
    }
    moved = false;
    asked = false;
    move(connection);
  }

  /** Moves all of it, so that the next commit begins the write-ahead log anew. */
  void move(Connection connection) throws SQLException {
    // Where somebody reads an old state it can't begin anew, and is tried again before long.
    length = passive(connection) ? 0 : LENGTH / 2;
  }

  private void run() {
    try (Connection connection = Tables.openToWrite(file, Options.usual())) {
      while (true) {
        wanted.acquireUninterruptibly();
        if (closed) {
          return;
        }
        try {
          passive(connection);
        } catch (SQLException | RuntimeException e) {
          // The one that writes meets the same, and knows what to do.
          LOG.log(System.Logger.Level.DEBUG, file + ": " + e.getMessage());
        }
        moved = true;
      }
    } catch (SQLException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, file + ": checkpoints delay commits: " + e);
      while (!closed) {
        moved = true; // then the one that writes does it all
        wanted.acquireUninterruptibly();
      }
    }
  }

  /**
   * Moves what nobody needs where it is.
   *
   * @return true where that was all
   */
  private static boolean passive(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(PASSIVE)")) {
      return row.next() && row.getInt(1) == 0 && row.getInt(2) == row.getInt(3);
    }
  }

  @Override
  public void close() {
    closed = true;
    wanted.release();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
