package io.gat.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Envoy in a container that sees the folder with the Unix sockets under the same path. */
final class EnvoyContainer implements RunningEnvoy {
  static final String IMAGE = "envoyproxy/envoy:v1.40.0";

  private static final int LISTENER = 10_000;
  private static final int ADMIN = 9_901;

  private final GenericContainer<?> container;

  private EnvoyContainer(GenericContainer<?> container) {
    this.container = container;
  }

  /** True where a Docker daemon answers. */
  static boolean isPossible() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  static EnvoyContainer start(Path folder, EnvoyTemplate template) throws IOException {
    Path config = folder.resolve("envoy.yaml");
    Files.writeString(
        config,
        template
            .text()
            .replace("@LISTEN_PORT@", String.valueOf(LISTENER))
            .replace("@ADMIN_PORT@", String.valueOf(ADMIN))
            .replace("address: 127.0.0.1, port_value", "address: 0.0.0.0, port_value"));
    openToContainer(folder);
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(IMAGE))
            .withFileSystemBind(folder.toString(), folder.toString(), BindMode.READ_WRITE)
            .withExposedPorts(LISTENER, ADMIN)
            .withCommand("--config-path", config.toString(), "--log-level", "warning")
            .waitingFor(Wait.forHttp("/ready").forPort(ADMIN).forStatusCode(200));
    container.start();
    return new EnvoyContainer(container);
  }

  /** The image's user is not ours. */
  private static void openToContainer(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.toList();
    }
    for (Path file : files) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }
  }

  @Override
  public int port() {
    return container.getMappedPort(LISTENER);
  }

  @Override
  public String output() {
    return container.getLogs(OutputFrame.OutputType.STDOUT);
  }

  @Override
  public void close() {
    container.stop();
  }
}
