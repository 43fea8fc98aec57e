package io.gat.cli;

import io.gat.keys.KeySourceException;
import io.gat.keys.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Leaves an operator's gat in a file that only this user reads. */
final class SavedToken {
  private SavedToken() {}

  /**
   * Writes the file in place of what is there.
   *
   * @throws UnusableInput where that does not work
   */
  static void write(Path file, String compact) {
    try {
      PrivateFiles.replace(file, (compact + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }
}
