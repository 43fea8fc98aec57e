package io.gat.cli.demo;

import io.gat.cli.ServerStarter;
import io.gat.cli.UnusableInput;
import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.keys.CryptoProvider;
import io.gat.keys.SigningKey;
import io.gat.server.ControlPlane;
import io.gat.server.StartException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A running demo: everything in one place, ended in the opposite order of its start. */
public final class Demo implements AutoCloseable {
  private static final String ISSUER = "https://issuer.gat.demo";

  private final Parts parts = Parts.endingWithTheProcess();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Ports ports;
  private final Workplace place;
  private final URI health;
  private final IssuerClient issuer;
  private final EnvoyProcess envoy;

  /**
   * Starts everything.
   *
   * @param starter starts issuer and authz server
   * @param template {@code envoy-config/demo.yaml}
   * @param binary an Envoy
   * @throws UnusableInput where something is in the way: one line with a remedy
   */
  public Demo(ServerStarter starter, Path template, Path binary, Ports ports)
      throws IOException, InterruptedException {
    this.ports = ports;
    boolean complete = false;
    try {
      ports.requireFree();
      parts.add(client::shutdownNow);
      place = Workplace.create();
      parts.add(place::close);
      int issuerPort = Ports.free();
      int healthPort = Ports.free();
      health = URI.create("http://127.0.0.1:" + healthPort);
      place.writeGat(ISSUER, issuerPort, healthPort, Ports.free());
      place.writeEnvoy(template, ports);
      Upstream upstream = Upstream.start(ports.upstream());
      parts.add(upstream::close);
      OutputStream decisions = Files.newOutputStream(place.decisions());
      parts.add(decisions::close);
      GatConfig config = config(place.config());
      ServerStarter.Running server = starter.start(config, decisions);
      parts.add(server::close);
      issuer =
          new IssuerClient(
              client, URI.create("http://127.0.0.1:" + issuerPort), ISSUER, key(config));
      envoy = EnvoyProcess.start(binary, place.envoyConfig(), place.envoyLog());
      parts.add(envoy::close);
      envoy.awaitReady(client, URI.create("http://127.0.0.1:" + ports.admin()));
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  /** Starts issuer and authz server as the demo does, without Envoy, and ends them. */
  public static void startAndEnd(ServerStarter starter) throws IOException {
    try (Workplace place = Workplace.create()) {
      place.writeGat(ISSUER, Ports.free(), Ports.free(), Ports.free());
      starter.start(config(place.config()), OutputStream.nullOutputStream()).close();
    }
  }

  private static GatConfig config(Path file) {
    return switch (ConfigReader.read(file)) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused ->
          throw new IllegalStateException("the demo's own file: " + refused.problems());
    };
  }

  /** Some calls have tokens that the issuer would not make. */
  private static SigningKey key(GatConfig config) {
    try {
      return ControlPlane.borrow(config.issuer().orElseThrow(), CryptoProvider.jdk());
    } catch (StartException e) {
      throw new IllegalStateException("the demo's own issuer", e);
    }
  }

  /** Makes the calls. */
  public List<Row> calls() throws IOException, InterruptedException {
    return new Calls(client, envoyAddress(), issuer).make();
  }

  /** Where Envoy listens. */
  public URI envoyAddress() {
    return URI.create("http://localhost:" + ports.listen());
  }

  /** Where health and metrics are. */
  public URI health() {
    return health;
  }

  /** Where the records of denials and errors are written. */
  public Path decisions() {
    return place.decisions();
  }

  /** The policy that is in force, to be edited. */
  public Path policy() {
    return place.policy();
  }

  /** A token that opens what reading orders needs, for 15 minutes. */
  public String token() {
    return issuer.lasting("orders", "orders:read");
  }

  /** Completes when Envoy ends. */
  public CompletableFuture<Process> envoyEnded() {
    return envoy.ended();
  }

  /** Ends all parts. */
  @Override
  public void close() {
    parts.close();
  }
}
