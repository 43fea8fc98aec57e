package io.gat.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real Envoy between a caller and an {@link EchoUpstream}, asking an authorization server on the
 * Unix socket {@link Surroundings#authorization}.
 *
 * <p>It is a process where there is a program (see {@link EnvoyBinary}), else a container where a
 * Docker daemon answers. {@code -Dgat.envoy=process} or {@code =container} insists on one.
 */
public final class EnvoyUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Surroundings surroundings;
  private final RunningEnvoy envoy;

  private EnvoyUnderTest(Surroundings surroundings, RunningEnvoy envoy) {
    this.surroundings = surroundings;
    this.envoy = envoy;
  }

  /** Starts Envoy and waits until it serves; takes over the surroundings. */
  public static EnvoyUnderTest start(Surroundings surroundings, EnvoyTemplate template)
      throws IOException, InterruptedException {
    EnvoyTemplate config =
        template.replacing(
            "socket_address: {address: 127.0.0.1, port_value: @UPSTREAM_PORT@}",
            "pipe: {path: \"" + surroundings.upstreamSocket() + "\"}");
    EnvoyTemplate placed =
        config.replacing(
            "path: \"@AUTHZ_SOCKET@\"", "path: \"" + surroundings.authorization() + "\"");
    return new EnvoyUnderTest(surroundings, launch(surroundings, placed));
  }

  private static RunningEnvoy launch(Surroundings surroundings, EnvoyTemplate config)
      throws IOException, InterruptedException {
    Path binary = program().orElse(null);
    return binary == null
        ? EnvoyContainer.start(surroundings.folder(), config)
        : EnvoyProcess.start(binary, surroundings.folder(), config);
  }

  /** The program to run; empty where it has to be a container. */
  static Optional<Path> program() {
    String wanted = System.getProperty("gat.envoy", "");
    Optional<Path> binary = wanted.equals("container") ? Optional.empty() : EnvoyBinary.find();
    if (binary.isEmpty() && (wanted.equals("process") || !EnvoyContainer.isPossible())) {
      throw new IllegalStateException(
          "found no Envoy: set GAT_ENVOY to one, put `envoy` on PATH, start Docker, or run ./gat test");
    }
    return binary;
  }

  /** Where Envoy listens on loopback. */
  public int port() {
    return envoy.port();
  }

  /**
   * Waits for a line with this passage on Envoy's standard output, where its access log goes; Envoy
   * writes it a moment after its answer.
   */
  public String awaitOutput(String passage) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<String> line = envoy.output().lines().filter(l -> l.contains(passage)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    throw new IllegalStateException("Envoy has not written: " + passage);
  }

  @Override
  public void close() throws IOException {
    envoy.close();
    surroundings.close();
  }

  /** What stands around an Envoy: a folder with the Unix sockets, and the upstream. */
  public static final class Surroundings implements AutoCloseable {
    private final Path folder;
    private final EchoUpstream upstream;

    private Surroundings(Path folder, EchoUpstream upstream) {
      this.folder = folder;
      this.upstream = upstream;
    }

    public static Surroundings create() throws IOException {
      Path folder = Files.createTempDirectory("gat-envoy-");
      // An Envoy in a container is another user.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      EchoUpstream upstream = EchoUpstream.start(folder.resolve("upstream.sock"));
      return new Surroundings(folder, upstream);
    }

    Path folder() {
      return folder;
    }

    /** Where the upstream listens. */
    public Path upstreamSocket() {
      return folder.resolve("upstream.sock");
    }

    /** Where Envoy expects its authorization server. */
    public Path authorization() {
      return folder.resolve("authz.sock");
    }

    @Override
    public void close() throws IOException {
      upstream.close();
      List<Path> all;
      try (Stream<Path> walk = Files.walk(folder)) {
        all = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : all) {
        Files.deleteIfExists(path);
      }
    }
  }
}
