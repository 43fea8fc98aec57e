package io.gat.envoy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two {@code gat serve} processes behind the shipped {@code two-servers.yaml}, and calls all the
 * time.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class RestartTest {
  private static final int CALLERS = 4;

  @TempDir private Path folder = Path.of("");

  /** One server, which may run several times. */
  private final class Server {
    private final Path config;
    private final int port;
    private final int healthPort;
    private Process process;

    Server(String name, String delay) throws IOException {
      port = FreePort.next();
      healthPort = FreePort.next();
      config = folder.resolve(name + ".yaml");
      Files.writeString(
          config,
          """
          gat:
            roles: [authz]
            authz:
              listen: "tcp://127.0.0.1:%d"
              policy: policy.yaml
              trust:
                - {issuer: "https://gat.example", algorithms: [HS256], keys: {secret-file: key.bin}}
            health: {listen: "http://127.0.0.1:%d"}
            drain: {delay: %s, grace: 10s}
          """
              .formatted(port, healthPort, delay));
      process = launch();
    }

    private Process launch() throws IOException {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx128m",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path"),
              "io.gat.cli.Main",
              "serve",
              "--config",
              config.toString())
          .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("gat.err").toFile()))
          .start();
    }

    void awaitReady() throws IOException {
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      String line = out.readLine();
      assertTrue(line != null && line.contains("ready"), () -> line + "\n" + errors());
    }

    private String errors() {
      try {
        return Files.readString(folder.resolve("gat.err"));
      } catch (IOException e) {
        return e.toString();
      }
    }

    /** Ends as Kubernetes ends it, and says how it went. */
    int terminate() throws InterruptedException {
      process.destroy();
      return process.waitFor();
    }

    void startAgain() throws IOException {
      process = launch();
      awaitReady();
    }

    void end() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  private EnvoyTemplate template(Server one, Server two) throws IOException {
    Path shipped = RepositoryRoot.find().resolve("envoy-config/two-servers.yaml");
    return new EnvoyTemplate(Files.readString(shipped))
        .replacing("address: 10.0.0.11, port_value: 9191", at(one.port))
        .replacing("address: 10.0.0.12, port_value: 9191", at(two.port))
        .replacing("address: 0.0.0.0, port_value: 8080", "address: 127.0.0.1, port_value: 0")
        .replacing("address: 127.0.0.1, port_value: 9901", "address: 127.0.0.1, port_value: 0")
        .replacing("route: {cluster: service}", "direct_response: {status: 200}")
        // How busy the machine is must not decide.
        .replacing("timeout: 0.25s ", "timeout: 30s ")
        .replacing("max_interval: 0.25s", "max_interval: 30s")
        .replacing("connect_timeout: 0.1s", "connect_timeout: 10s")
        .replacing(
            "- timeout: 0.5s\n          interval: 1s", "- timeout: 10s\n          interval: 0.2s");
  }

  private static String at(int port) {
    return "address: 127.0.0.1, port_value: " + port;
  }

  private void writeFiles() throws IOException {
    Files.write(folder.resolve("key.bin"), new byte[32]);
    Files.setPosixFilePermissions(
        folder.resolve("key.bin"), PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        version: gat/v1
        service: orders
        hosts: [localhost]
        audience: orders
        rules:
          - {name: open, paths: ["/open"], public: true}
        """);
  }

  @Test
  void aSecondSignalEndsAServerThatStillDrains() throws Exception {
    writeFiles();
    Server server = new Server("one", "10m");
    try {
      server.awaitReady();
      server.process.destroy();
      while (RawHttp.get(server.healthPort, "/health/ready", "host: x").status() != 503) {
        Thread.onSpinWait();
      }
      assertTrue(server.process.isAlive());
      assertEquals(128 + 15, server.terminate());
    } finally {
      server.end();
    }
  }

  @Test
  void noCallFailsWhileEachServerRestartsInTurn() throws Exception {
    writeFiles();
    Server one = new Server("one", "2s");
    Server two = new Server("two", "2s");
    try {
      one.awaitReady();
      two.awaitReady();
      Path binary = EnvoyUnderTest.program().orElseThrow();
      try (EnvoyProcess envoy = EnvoyProcess.start(binary, folder, template(one, two))) {
        callMeanwhile(
            envoy.port(),
            () -> {
              awaitBothHealthy();
              assertEquals(0, one.terminate(), "all calls were finished");
              one.startAgain();
              awaitBothHealthy(); // as a rolling update waits
              assertEquals(0, two.terminate(), "all calls were finished");
              two.startAgain();
              awaitBothHealthy();
            });
      }
    } finally {
      one.end();
      two.end();
    }
  }

  /** Until Envoy's own checks say so; the class's time-out ends a wait that is in vain. */
  private void awaitBothHealthy() throws IOException {
    String admin = Files.readString(folder.resolve("admin.txt")).strip();
    int port = Integer.parseInt(admin.substring(admin.lastIndexOf(':') + 1));
    String stat = "cluster.gat.membership_healthy";
    while (!RawHttp.get(port, "/stats?filter=" + stat, "host: x").body().contains(stat + ": 2")) {
      Thread.onSpinWait();
    }
  }

  private interface Story {
    void tell() throws IOException, InterruptedException;
  }

  private static void callMeanwhile(int port, Story story)
      throws IOException, InterruptedException {
    AtomicBoolean going = new AtomicBoolean(true);
    AtomicInteger calls = new AtomicInteger();
    Map<String, Integer> failures = new ConcurrentHashMap<>();
    awaitTwoGoodCalls(port);
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (going.get()) {
                      String outcome = call(port);
                      calls.incrementAndGet();
                      if (!outcome.equals("200")) {
                        failures.merge(outcome, 1, Integer::sum);
                      }
                    }
                  }));
    }
    try {
      story.tell();
    } finally {
      going.set(false);
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertEquals(Map.of(), failures, "of " + calls + " calls");
    assertTrue(calls.get() > 100, "only " + calls + " calls");
  }

  /** Envoy is ready before it has asked the servers how they are. */
  private static void awaitTwoGoodCalls(int port) {
    int good = 0;
    while (good < 2) {
      good = call(port).equals("200") ? good + 1 : 0;
    }
  }

  private static String call(int port) {
    try {
      RawHttp.Response response = RawHttp.get(port, "/open", "host: localhost");
      return response.status() == 200 ? "200" : response.status() + " " + response.body();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
