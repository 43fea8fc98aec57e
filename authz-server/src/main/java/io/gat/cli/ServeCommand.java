package io.gat.cli;

import io.gat.config.AuthzConfig;
import io.gat.config.DrainConfig;
import io.gat.config.GatConfig;
import io.gat.config.IssuerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat serve}: runs the roles of a configuration until it is told to end. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the roles of a configuration until SIGTERM or Ctrl-C.",
      "Prints one line with `ready` when it can answer.",
      "On the first signal it says that it is not ready, answers calls for `drain.delay`, and then",
      "finishes what is in flight within `drain.grace`; the second one ends it at once.",
      "Exit code: 0 all calls were finished; 2 it cannot start; 143 or 130 ended by a second SIGTERM",
      "or Ctrl-C, or not finished in time."
    })
final class ServeCommand implements Callable<Integer> {
  /** What a shell adds to the number of the signal that ended a process. */
  private static final int SIGNALLED = 128;

  /** For what a server has to put away after its last call. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final Console console;
  private final ServerStarter starter;

  @Mixin private Output output = new Output();

  @Option(names = "--config", required = true, paramLabel = "FILE", description = "A gat.yaml.")
  private Path config = Path.of("gat.yaml");

  ServeCommand(Console console, ServerStarter starter) {
    this.console = console;
    this.starter = starter;
  }

  @Override
  public Integer call() {
    GatConfig read = ConfigFile.read(config);
    AtomicInteger signal = new AtomicInteger();
    CountDownLatch asked = new CountDownLatch(1);
    try (ServerStarter.Running server = starter.start(read, console.err());
        TerminationSignals _ =
            TerminationSignals.listen(
                number -> {
                  if (!signal.compareAndSet(0, number)) {
                    Runtime.getRuntime().halt(SIGNALLED + number);
                  }
                  asked.countDown();
                })) {
      sayReady(addresses(read));
      asked.await();
      Thread end = Thread.ofPlatform().name("gat-stop").start(server::drain);
      DrainConfig drain = read.drain();
      if (!end.join(drain.delay().plus(drain.grace()).plus(MARGIN))) {
        Runtime.getRuntime().halt(SIGNALLED + signal.get());
      }
      return ExitCode.OK;
    } catch (InterruptedException e) {
      return ExitCode.OK; // whoever interrupts wants the end, and try has closed all
    }
  }

  private static Map<String, String> addresses(GatConfig config) {
    Map<String, String> addresses = new LinkedHashMap<>();
    config.authz().map(AuthzConfig::listen).ifPresent(a -> addresses.put("authz", a.toString()));
    config.issuer().map(IssuerConfig::listen).ifPresent(a -> addresses.put("issuer", a.toString()));
    addresses.put("health", config.health().listen().toString());
    if (config.admin().issuer().isPresent()) {
      addresses.put("admin", config.admin().listen().toString());
    }
    return addresses;
  }

  private void sayReady(Map<String, String> addresses) {
    switch (output.format()) {
      case TEXT ->
          console
              .out()
              .println(
                  addresses.entrySet().stream()
                      .map(e -> e.getKey() + " " + e.getValue())
                      .collect(Collectors.joining(", ", "gat is ready: ", "")));
      case JSON ->
          console
              .out()
              .println(
                  Json.line(
                      json -> {
                        json.writeStartObject();
                        json.writeBooleanField("ready", true);
                        for (Map.Entry<String, String> e : addresses.entrySet()) {
                          json.writeStringField(e.getKey(), e.getValue());
                        }
                        json.writeEndObject();
                      }));
    }
    console.out().flush();
  }
}
