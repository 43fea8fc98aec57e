package io.gat.envoy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An Envoy program on this machine. */
final class EnvoyBinary {
  private EnvoyBinary() {}

  /** {@code GAT_ENVOY}, {@code envoy} on PATH, or the one that {@code ./gat} has fetched. */
  static Optional<Path> find() {
    @Nullable String given = System.getenv("GAT_ENVOY");
    if (given != null && !given.isEmpty()) {
      return Optional.of(Path.of(given));
    }
    @Nullable String path = System.getenv("PATH");
    if (path != null) {
      for (String folder : path.split(File.pathSeparator, -1)) {
        Path candidate = Path.of(folder, "envoy");
        if (!folder.isEmpty() && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.of(RepositoryRoot.find().resolve(".envoy/envoy")).filter(Files::isExecutable);
  }
}
