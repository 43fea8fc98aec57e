package io.gat.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files that a log was opened with. Who writes to an open file that has lost its name gets no
 * error, and nobody will ever read it.
 *
 * @param database what {@code log.db} was
 * @param journal the inode of the write-ahead log, which is one file until the log is closed
 */
record OpenedFiles(LogFiles files, FileIdentity database, long journal) {
  static OpenedFiles of(LogFiles files, FileIdentity database) throws IOException {
    return new OpenedFiles(files, database, FileIdentity.number(files.journal()));
  }

  /**
   * The first that is another one now.
   *
   * @throws IOException where there is none
   */
  Optional<Path> gone() throws IOException {
    if (!FileIdentity.of(files.database()).is(database)) {
      return Optional.of(files.database());
    }
    return FileIdentity.number(files.journal()) == journal
        ? Optional.empty()
        : Optional.of(files.journal());
  }
}
