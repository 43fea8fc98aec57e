package io.gat.cli;

import io.gat.cli.demo.Demo;
import io.gat.server.GatServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code gat train}: starts all roles on free ports, ends them, and rehearses checks. The launcher
 * records the JVM's AOT cache from such a run, so that {@code serve} finds its classes loaded and
 * linked and its methods profiled (JEP 515): the compilers know at once what is hot.
 */
@Command(
    name = "train",
    hidden = true,
    mixinStandardHelpOptions = true,
    description =
        "Starts all roles on free ports, ends them, and rehearses checks; the launcher's build step.")
final class TrainCommand implements Callable<Integer> {
  private final ServerStarter starter;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "8",
      description = "How long it rehearses (default: ${DEFAULT-VALUE}).")
  private int seconds;

  TrainCommand(ServerStarter starter) {
    this.starter = starter;
  }

  @Override
  public Integer call() throws IOException {
    Demo.startAndEnd(starter);
    GatServer.rehearse(Duration.ofSeconds(seconds));
    return ExitCode.OK;
  }
}
