package io.gat.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.envoy.RepositoryRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class KeySourcesTest {
  /** Else a caller could reach Envoy's failure mode with a made-up key id. */
  @Test
  void waitsForAKeyMuchShorterThanAnyShippedEnvoyWaitsForACheck() throws Exception {
    Pattern timeout = Pattern.compile("timeout: ([0-9.]+)s +# of one check");
    try (Stream<Path> files = Files.list(RepositoryRoot.find().resolve("envoy-config"))) {
      List<Path> configurations =
          files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      assertTrue(configurations.size() >= 3);
      for (Path file : configurations) {
        Matcher matcher = timeout.matcher(Files.readString(file));
        if (matcher.find()) {
          Duration waits = Duration.ofMillis((long) (1000 * Double.parseDouble(matcher.group(1))));
          assertTrue(KeySources.PATIENCE.multipliedBy(2).compareTo(waits) < 0, file.toString());
        }
      }
    }
  }
}
