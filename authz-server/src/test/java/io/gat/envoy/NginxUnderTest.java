package io.gat.envoy;

import io.gat.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real nginx with the shipped configuration, between a caller and an {@link EchoUpstream}. */
public final class NginxUnderTest implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);
  private static final int POLL_MS = 20;

  private final Process process;
  private final int port;

  private NginxUnderTest(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts nginx and waits until it serves.
   *
   * @param folder an empty one for its files
   * @param upstream the Unix socket of the service
   * @param authorization the port where gat answers
   */
  public static NginxUnderTest start(Path folder, Path upstream, int authorization)
      throws IOException, InterruptedException {
    return start(folder, upstream, authorization, Map.of());
  }

  /**
   * Starts an nginx that is configured otherwise.
   *
   * @param changes passages of the shipped file, and what stands in their place
   */
  public static NginxUnderTest start(
      Path folder, Path upstream, int authorization, Map<String, String> changes)
      throws IOException, InterruptedException {
    int port = FreePort.next();
    String shipped =
        replaced(
            replaced(
                replaced(
                    Files.readString(
                        RepositoryRoot.find().resolve("envoy-config/other-proxies/nginx.conf")),
                    "127.0.0.1:8080",
                    "127.0.0.1:" + port),
                "http://127.0.0.1:8081;",
                "http://unix:" + upstream + ":;"),
            "server 127.0.0.1:9197;",
            "server 127.0.0.1:" + authorization + ";");
    // The shipped file says a second, which a busy machine may need.
    shipped = replaced(shipped, "proxy_read_timeout 1s;", "proxy_read_timeout 60s;");
    for (Map.Entry<String, String> change : changes.entrySet()) {
      shipped = replaced(shipped, change.getKey(), change.getValue());
    }
    Files.copy(
        RepositoryRoot.find().resolve("envoy-config/other-proxies/gat-location.conf"),
        folder.resolve("gat-location.conf"));
    Path site = Files.writeString(folder.resolve("gat.conf"), shipped);
    Path main = Files.writeString(folder.resolve("nginx.conf"), main(folder, site));
    Path problems = folder.resolve("nginx.err");
    Process process =
        new ProcessBuilder(
                program().toString(),
                "-p",
                folder.toString(),
                "-e",
                problems.toString(),
                "-c",
                main.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.out").toFile())
            .start();
    try {
      awaitPort(process, port);
    } catch (IllegalStateException e) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException(e.getMessage() + ": " + Files.readString(problems), e);
    }
    return new NginxUnderTest(process, port);
  }

  private static String main(Path folder, Path site) {
    StringBuilder text = new StringBuilder(512);
    if (System.getProperty("user.name").equals("root")) {
      text.append("user root;\n"); // else it gives up the right to open the sockets
    }
    text.append("daemon off;\nworker_processes 1;\npid ").append(folder.resolve("nginx.pid"));
    text.append(";\nevents {}\nhttp {\n  access_log off;\n");
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      text.append("  ").append(kind).append("_temp_path ").append(folder.resolve(kind));
      text.append(";\n");
    }
    return text.append("  include ").append(site).append(";\n}\n").toString();
  }

  private static String replaced(String text, String passage, String replacement) {
    if (!text.contains(passage)) {
      throw new IllegalArgumentException("not in the shipped configuration: " + passage);
    }
    return text.replace(passage, replacement);
  }

  private static Path program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "found no nginx: install the package `nginx`; .ci/run does so by itself"));
  }

  private static void awaitPort(Process process, int port)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline) {
      if (process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nginx ended at once");
      }
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (ConnectException e) {
        // Not yet.
      }
    }
    throw new IllegalStateException("nginx is not ready after " + START);
  }

  /** Where it listens on loopback. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
