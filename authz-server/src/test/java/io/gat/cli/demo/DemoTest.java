package io.gat.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gat.cli.ServerStarter;
import io.gat.cli.UnusableInput;
import io.gat.server.GatServer;
import io.gat.server.StartException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, with a real Envoy. */
final class DemoTest {
  private static final ServerStarter STARTER =
      (config, decisions) -> {
        try {
          GatServer server = GatServer.start(config, decisions);
          return server::close;
        } catch (StartException e) {
          throw new AssertionError(e);
        }
      };
  private static final Path TEMPLATE = Path.of("../envoy-config/demo.yaml");

  /** The Envoy that {@code ./gat test} found, one on PATH, or one that gat fetched before. */
  private static Path envoy() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(
            Stream.of(System.getenv().getOrDefault("GAT_ENVOY", "")),
            Stream.of(path.split(":", -1)).map(folder -> folder + "/envoy"),
            Stream.of("../.envoy/envoy"))
        .flatMap(s -> s)
        .filter(s -> !s.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no Envoy: run ./gat test, which finds one"));
  }

  private static Ports freePorts() throws IOException {
    return new Ports(Ports.free(), Ports.free(), Ports.free());
  }

  @Test
  void everyCallIsAnsweredAsItMustBeAndNothingIsLeft() throws Exception {
    CompletableFuture<Process> envoy;
    Path policy;
    try (Demo demo = new Demo(STARTER, TEMPLATE, envoy(), freePorts())) {
      List<Row> wrong = demo.calls().stream().filter(row -> !row.isRight()).toList();
      assertEquals(List.of(), wrong);
      assertEquals(200, status(demo, demo.token()));
      assertEquals(401, status(demo, "e30.e30.e30"));
      envoy = demo.envoyEnded();
      policy = demo.policy();
      assertTrue(Files.size(demo.decisions()) > 0, "denials are recorded");
    }
    assertFalse(envoy.join().isAlive());
    assertFalse(Files.exists(policy));
  }

  private static int status(Demo demo, String token) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(demo.envoyAddress().resolve("/v1/orders/7"))
              .header("authorization", "Bearer " + token)
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  void saysTheLastWordsOfAnEnvoyThatDoesNotStart(@TempDir Path folder) throws IOException {
    Path template = folder.resolve("demo.yaml");
    Files.writeString(template, "admin: {address: nonsense}\n");
    UnusableInput e =
        assertThrows(
            UnusableInput.class, () -> new Demo(STARTER, template, envoy(), freePorts()).close());
    assertTrue(e.toString().contains("Envoy ended at once; its last words: "), e.toString());
  }

  @Test
  void saysThatTheProgramIsNoEnvoy(@TempDir Path folder) {
    UnusableInput e =
        assertThrows(
            UnusableInput.class,
            () -> new Demo(STARTER, TEMPLATE, folder.resolve("envoy"), freePorts()).close());
    assertTrue(e.toString().contains("set GAT_ENVOY to an Envoy that runs here"), e.toString());
  }

  @Test
  void takesNoPortOfSomebodyElse() throws Exception {
    try (Upstream other = Upstream.start(0)) {
      Ports ports = new Ports(Ports.free(), Ports.free(), other.port());
      assertThrows(UnusableInput.class, () -> new Demo(STARTER, TEMPLATE, envoy(), ports).close());
      HttpResponse<String> still =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://localhost:" + other.port())).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals("orders, for anybody\n", still.body());
    }
  }
}
