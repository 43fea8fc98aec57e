package io.gat.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Where the policy comes from. */
public sealed interface PolicyConfig {
  /** The place, as messages name it. */
  String name();

  /**
   * A file or a folder of this machine.
   *
   * @param path absolute or resolved against the configuration's folder
   */
  record Files(Path path) implements PolicyConfig {
    public Files {
      Objects.requireNonNull(path);
    }

    @Override
    public String name() {
      return path.toString();
    }
  }

  /**
   * A signed bundle that is fetched again and again.
   *
   * @param url https, or http of this machine
   * @param set the name that the bundle must be signed under
   * @param key a JWKS file with the public keys of those who may sign
   * @param every the time between two looks, in [1 s, 1 h], default 30 s
   * @param cache where the last good bundle is kept for a start without the network
   */
  record Bundle(URI url, String set, Path key, Duration every, Optional<Path> cache)
      implements PolicyConfig {
    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofHours(1);

    public Bundle {
      Objects.requireNonNull(url);
      Objects.requireNonNull(set);
      Objects.requireNonNull(key);
      Objects.requireNonNull(cache);
      if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("every is in [1 s, 1 h]");
      }
    }

    @Override
    public String name() {
      return url.toString();
    }

    /** Where a bundle is written before it takes the place of the kept one. */
    public static Path draft(Path cache) {
      return cache.resolveSibling(cache.getFileName() + ".new");
    }
  }
}
