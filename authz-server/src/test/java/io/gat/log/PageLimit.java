package io.gat.log;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A disk that may become full: SQLite itself refuses pages beyond a limit, with the same error as
 * where the file system has none. The reserve is a higher limit.
 */
final class PageLimit implements Reserve {
  /** More than any test needs. */
  private static final long NONE = 1_000_000;

  private static final int RESERVE_PAGES = 64;

  private volatile boolean full;
  private volatile @Nullable Connection writer;
  private boolean released;

  /** From now on there is no page more than those that the database has. */
  void fill() throws SQLException {
    full = true;
    Connection connection = writer;
    if (connection != null) {
      limit(connection, Tables.number(connection, "PRAGMA page_count"));
    }
  }

  void free() {
    full = false;
  }

  @Override
  public boolean fill(Connection connection) throws SQLException {
    writer = connection;
    if (!full) {
      limit(connection, NONE);
      released = false;
    }
    return !full;
  }

  @Override
  public void release(Connection connection) throws SQLException {
    if (!released) {
      released = true;
      limit(connection, Tables.number(connection, "PRAGMA page_count") + RESERVE_PAGES);
    }
  }

  private static void limit(Connection connection, long pages) throws SQLException {
    Tables.run(connection, "PRAGMA max_page_count=" + pages);
  }
}
