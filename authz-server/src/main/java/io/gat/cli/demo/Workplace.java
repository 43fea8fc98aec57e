package io.gat.cli.demo;

import io.gat.cli.UnusableInput;
import io.gat.config.ListenAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The demo's files, in a temporary folder that only this user can read. */
final class Workplace implements AutoCloseable {
  private final Path folder;

  private Workplace(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder.
   *
   * @throws UnusableInput where a Unix socket in it would have too long a path
   */
  static Workplace create() throws IOException {
    Workplace workplace = new Workplace(Files.createTempDirectory("gat-demo-"));
    int length = workplace.socket().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > ListenAddress.MAX_SOCKET_PATH) {
      workplace.close();
      throw new UnusableInput(
          "the temporary folder's path is too long for a Unix socket; set TMPDIR to a short one,"
              + " such as /tmp, and start again");
    }
    return workplace;
  }

  Path socket() {
    return folder.resolve("authz.sock");
  }

  Path policy() {
    return folder.resolve("policy/orders.yaml");
  }

  Path config() {
    return folder.resolve("gat.yaml");
  }

  Path data() {
    return folder.resolve("data");
  }

  Path envoyConfig() {
    return folder.resolve("envoy.yaml");
  }

  Path decisions() {
    return folder.resolve("decisions.jsonl");
  }

  Path envoyLog() {
    return folder.resolve("envoy.log");
  }

  /**
   * Writes policy and configuration.
   *
   * @param issuer the issuer's HTTP port
   * @param health the port of health and metrics
   */
  void writeGat(String issuerUrl, int issuer, int health, int admin) throws IOException {
    Files.createDirectories(policy().getParent());
    try (InputStream in =
        Objects.requireNonNull(Workplace.class.getResourceAsStream("orders.yaml"))) {
      Files.write(policy(), in.readAllBytes());
    }
    Files.writeString(
        config(),
        """
        gat:
          roles: [authz, issuer]
          authz:
            listen: "unix://%s"
            service: orders
            policy: policy/
            trust:
              - issuer: "%s"
                algorithms: [ES256]
                keys: {feed: "tcp://127.0.0.1:9193"}
          issuer:
            url: "%s"
            listen: "http://127.0.0.1:%d"
            log: {embedded: data/}
          health: {listen: "http://127.0.0.1:%d"}
          admin: {listen: "http://127.0.0.1:%d"}
        """
            .formatted(socket(), issuerUrl, issuerUrl, issuer, health, admin));
  }

  /**
   * Writes Envoy's configuration.
   *
   * @param template a file with placeholders, {@code envoy-config/demo.yaml}
   * @throws UnusableInput where there is no such file
   */
  void writeEnvoy(Path template, Ports ports) throws IOException {
    if (!Files.isRegularFile(template)) {
      throw new UnusableInput(
          template + ": there is no such file; run the demo from a checkout of gat, by ./gat demo");
    }
    Files.writeString(
        envoyConfig(),
        Files.readString(template)
            .replace("@AUTHZ_SOCKET@", socket().toString())
            .replace("@LISTEN_PORT@", String.valueOf(ports.listen()))
            .replace("@ADMIN_PORT@", String.valueOf(ports.admin()))
            .replace("@UPSTREAM_PORT@", String.valueOf(ports.upstream())));
  }

  /** Deletes everything. */
  @Override
  public void close() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> all = Files.walk(folder)) {
      paths = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
