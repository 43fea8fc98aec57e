package io.gat.envoy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/** What {@code envoy --mode validate} says of a configuration. */
record EnvoyVerdict(long exitCode, String output) {
  EnvoyVerdict {
    Objects.requireNonNull(output);
  }

  static EnvoyVerdict on(Path config) throws IOException, InterruptedException {
    Path binary = EnvoyUnderTest.program().orElse(null);
    return binary == null ? inContainer(config) : byProcess(binary, config);
  }

  private static EnvoyVerdict byProcess(Path binary, Path config)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(binary.toString(), "--mode", "validate", "-c", config.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new EnvoyVerdict(process.waitFor(), output);
  }

  private static EnvoyVerdict inContainer(Path config) {
    try (GenericContainer<?> envoy =
        new GenericContainer<>(DockerImageName.parse(EnvoyContainer.IMAGE))
            .withFileSystemBind(config.toString(), "/envoy.yaml", BindMode.READ_ONLY)
            .withCommand("--mode", "validate", "-c", "/envoy.yaml")
            .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      envoy.start();
      Long exitCode = envoy.getCurrentContainerInfo().getState().getExitCodeLong();
      return new EnvoyVerdict(exitCode == null ? -1 : exitCode, envoy.getLogs());
    }
  }
}
