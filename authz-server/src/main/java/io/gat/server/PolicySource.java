package io.gat.server;

import io.gat.policy.parse.PolicyFiles;
import java.nio.file.Path;

/** Where a running policy comes from. Used by one thread at a time. */
interface PolicySource extends AutoCloseable {
  /** The place, as messages name it. */
  String name();

  /** The texts as they are now, or what is wrong with them. */
  PolicyFiles.WithTests read();

  /** The texts of the last {@link #read} run now. */
  default void accepted() {}

  @Override
  default void close() {}

  /** A file or a folder of this machine. */
  static PolicySource files(Path path) {
    return new PolicySource() {
      @Override
      public String name() {
        return path.toString();
      }

      @Override
      public PolicyFiles.WithTests read() {
        return PolicyFiles.readWithTests(path);
      }
    };
  }
}
