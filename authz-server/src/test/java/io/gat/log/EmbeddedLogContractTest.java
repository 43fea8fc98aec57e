package io.gat.log;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

/** The embedded log keeps the contract. */
final class EmbeddedLogContractTest extends SharedLogContract {
  @TempDir private Path folder;
  private final PageLimit disk = new PageLimit();

  @Override
  SharedLog open() {
    return EmbeddedLog.open(
        new LogFiles(folder.resolve("log")), now::get, "the test", Options.usual(), disk);
  }

  @Override
  void fill() throws SQLException {
    disk.fill();
  }

  @Override
  void free() {
    disk.free();
  }
}
