package io.gat.cli;

import io.gat.config.AuthzConfig;
import io.gat.config.GatConfig;
import io.gat.config.IssuerConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
      "Exit code: 2 it cannot start; ended by a signal, the signal's own."
    })
final class ServeCommand implements Callable<Integer> {
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
    if (read.issuer().flatMap(IssuerConfig::issuance).isPresent()) {
      console
          .err()
          .println(
              config
                  + ": gat.issuer.issuance: not applied by this version; only `gat token mint` on"
                  + " this machine gets tokens");
    }
    try (ServerStarter.Running server = starter.start(read, console.err())) {
      Thread stop = Thread.ofPlatform().name("gat-stop").unstarted(server::close);
      Runtime.getRuntime().addShutdownHook(stop);
      sayReady(addresses(read));
      new CountDownLatch(1).await();
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
    if (config.authz().isPresent() && config.admin().issuer().isPresent()) {
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
