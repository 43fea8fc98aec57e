package io.gat.cli;

import io.gat.cli.demo.Demo;
import io.gat.cli.demo.Ports;
import io.gat.cli.demo.Row;
import io.gat.cli.demo.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat demo}: the main job on one machine, with a real Envoy. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts an issuer, an authz server, a real Envoy (10000, admin 9901) and a small upstream",
      "(10001), makes real calls and shows what became of each.",
      "Exit code: 0 all as they must be, 1 one is not, 2 it could not start."
    })
final class DemoCommand implements Callable<Integer> {
  private final Console console;
  private final ServerStarter starter;
  private final Map<String, String> environment;
  private final Ports ports;

  @Mixin private Output output = new Output();

  @Option(names = "--stay", description = "Keeps everything running until Ctrl-C.")
  private boolean stay;

  DemoCommand(
      Console console, ServerStarter starter, Map<String, String> environment, Ports ports) {
    this.console = console;
    this.starter = starter;
    this.environment = environment;
    this.ports = ports;
  }

  @Override
  public Integer call() throws IOException {
    Path home = Path.of(System.getProperty("gat.home", ""));
    console.err().println("starting an issuer, an authz server, Envoy and an upstream…");
    try (Demo demo = new Demo(starter, home.resolve("envoy-config/demo.yaml"), envoy(), ports)) {
      List<Row> rows = demo.calls();
      boolean right = rows.stream().allMatch(Row::isRight);
      switch (output.format()) {
        case TEXT -> tell(demo, rows);
        case JSON -> console.out().println(json(rows));
      }
      console.out().flush();
      if (stay && right) {
        demo.envoyEnded().join();
        throw new UnusableInput("Envoy ended, and the demo with it");
      }
      return right ? ExitCode.OK : ExitCode.NO;
    } catch (InterruptedException e) {
      return ExitCode.OK; // whoever interrupts wants the end, and try has closed all
    }
  }

  /** The Envoy that the launcher found, or the one on PATH. */
  private Path envoy() {
    String given = environment.getOrDefault("GAT_ENVOY", "");
    if (!given.isEmpty()) {
      return Path.of(given);
    }
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path envoy = Path.of(folder, "envoy");
      if (Files.isExecutable(envoy)) {
        return envoy;
      }
    }
    throw new UnusableInput(
        "found no Envoy: run ./gat demo, which fetches one, or put `envoy` on PATH");
  }

  private void tell(Demo demo, List<Row> rows) {
    Table.Colour colour =
        Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal).isPresent()
                && !environment.containsKey("NO_COLOR")
            ? Table.Colour.ON
            : Table.Colour.OFF;
    console.out().println();
    Table.lines(rows, colour).forEach(console.out()::println);
    long right = rows.stream().filter(Row::isRight).count();
    console.out().println();
    console.out().println(right + " of " + rows.size() + " calls are as they must be.");
    console.out().println();
    (stay && right == rows.size() ? whileItRuns(demo) : next()).forEach(console.out()::println);
  }

  private static List<String> next() {
    return List.of(
        "Try next:",
        "  ./gat demo --stay                     keeps it running, and prints a curl to play with",
        "  ./gat policy test policy/examples     decides the calls that eight example policies were written for",
        "  README.md                             puts gat beside your own Envoy, in five minutes");
  }

  private static List<String> whileItRuns(Demo demo) {
    return List.of(
        "Running until Ctrl-C. Try, in another terminal:",
        "  curl -i "
            + demo.envoyAddress().resolve("/v1/orders/7")
            + " -H 'authorization: Bearer "
            + demo.token()
            + "'",
        "  ${EDITOR:-vi} " + demo.policy() + "   # saved is in force; then call again",
        "  tail -f " + demo.decisions() + "   # and " + demo.health().resolve("/metrics"));
  }

  private static String json(List<Row> rows) {
    return Json.text(
        json -> {
          json.writeStartArray();
          for (Row row : rows) {
            json.writeStartObject();
            json.writeBooleanField("ok", row.isRight());
            json.writeStringField("call", row.name());
            json.writeStringField("request", row.request());
            json.writeNumberField("status", row.actual().status());
            json.writeStringField("reason", row.actual().reason());
            json.writeStringField("cache", row.actual().cache());
            json.writeNumberField("duration_us", row.took().toNanos() / 1000);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
