package io.gat.log;

import java.sql.Connection;
import java.sql.SQLException;

/** Space that is kept for what takes away. Used by the thread that writes. */
interface Reserve {
  /**
   * Sets it aside, if it isn't already.
   *
   * @return false where there is not enough space, for it and for going on afterwards
   */
  boolean fill(Connection connection) throws SQLException;

  /** Gives it back. */
  void release(Connection connection) throws SQLException;
}
