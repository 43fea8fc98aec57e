package io.gat.envoy;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that holds the launcher and {@code envoy-config/}. */
public final class RepositoryRoot {
  private RepositoryRoot() {}

  public static Path find() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("envoy-config"))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "run tests in a checkout of gat: no envoy-config/ above " + start);
  }
}
