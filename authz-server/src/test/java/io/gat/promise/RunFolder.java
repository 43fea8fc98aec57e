package io.gat.promise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A run's folder in the build's own one: what it leaves stays there where it has failed. */
final class RunFolder {
  private RunFolder() {}

  /** An empty one. */
  static Path fresh(String name) throws IOException {
    Path folder = Path.of("target", "promise", name).toAbsolutePath();
    delete(folder);
    return Files.createDirectories(folder);
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : all) {
      Files.delete(one);
    }
  }
}
