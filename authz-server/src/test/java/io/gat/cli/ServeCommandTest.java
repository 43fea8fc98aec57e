package io.gat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.server.GatServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServeCommandTest {
  @TempDir private Path folder;
  private Path config = Path.of("");

  @BeforeEach
  void write() throws IOException {
    config = folder.resolve("gat.yaml");
    Files.writeString(
        config,
        """
        gat:
          roles: [issuer]
          issuer: {url: "https://gat.example", log: {embedded: data/}}
        """);
  }

  /** A server that ends the command as soon as it is asked to run. */
  private static ServerStarter endingAtOnce(AtomicInteger closed) {
    return (config, decisions) -> {
      Thread.currentThread().interrupt();
      return closed::incrementAndGet;
    };
  }

  @Test
  void saysReadyInOneLineAndEndsWhatItStarted() {
    AtomicInteger closed = new AtomicInteger();
    Run run = Run.run("", endingAtOnce(closed), Map.of(), "serve", "--config", config.toString());
    assertEquals(
        "gat is ready: issuer http://127.0.0.1:9192, health http://0.0.0.0:9194, admin http://127.0.0.1:9195\n",
        run.out());
    assertEquals("", run.err());
    assertEquals(0, run.code());
    assertEquals(1, closed.get());
  }

  @Test
  void saysReadyInJson() {
    Run run =
        Run.run(
            "",
            endingAtOnce(new AtomicInteger()),
            Map.of(),
            "serve",
            "--output",
            "json",
            "--config",
            config.toString());
    assertEquals(
        "{\"ready\":true,\"issuer\":\"http://127.0.0.1:9192\",\"health\":\"http://0.0.0.0:9194\",\"admin\":\"http://127.0.0.1:9195\"}\n",
        run.out());
  }

  @Test
  void saysWhyItCannotStart() {
    ServerStarter broken =
        (config, decisions) -> {
          throw new UnusableInput("gat.yaml: gat.issuer.listen: port 9192 is in use");
        };
    Run run = Run.run("", broken, Map.of(), "serve", "--config", config.toString());
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertEquals("gat.yaml: gat.issuer.listen: port 9192 is in use\n", run.err());
  }

  /** The real server, not the fake one: what holds the log is not the command. */
  @Test
  void endsWithTwoAndNamesWhoHasTheLog() throws Exception {
    Files.writeString(
        config,
        """
        gat:
          roles: [issuer]
          issuer: {url: "https://gat.example", listen: "http://127.0.0.1:0", log: {embedded: data/}}
          health: {listen: "http://127.0.0.1:0"}
          admin: {listen: "http://127.0.0.1:0"}
        """);
    try (GatServer _ = GatServer.start(ConfigFile.read(config), OutputStream.nullOutputStream())) {
      Run second = Run.run("", Main::start, Map.of(), "serve", "--config", config.toString());
      assertEquals(2, second.code(), second.err());
      assertEquals("", second.out());
      assertTrue(
          second
              .err()
              .contains(
                  "another process writes to this log: gat serve, pid "
                      + ProcessHandle.current().pid()
                      + " on "),
          second.err());
      assertEquals(1, second.err().lines().count(), second.err());
    }
  }

  @Test
  void startsNothingWithABadConfiguration() throws IOException {
    Files.writeString(config, "gat: {roles: [isuer]}\n");
    Run run = Run.gat("serve", "--config", config.toString());
    assertEquals(2, run.code());
    assertTrue(run.err().contains(":1:15: gat.roles[0]: the role \"isuer\""), run.err());
    assertEquals(2, Run.gat("serve", "--config", folder.resolve("absent").toString()).code());
    assertEquals(2, Run.gat("serve").code());
  }
}
