package io.gat.cli;

import io.gat.cli.demo.Demo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code gat train}: starts all roles on free ports and ends. The launcher records the JVM's AOT
 * cache from such a run, so that {@code serve} finds its classes loaded and linked.
 */
@Command(
    name = "train",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Starts all roles on free ports and ends; the launcher's build step.")
final class TrainCommand implements Callable<Integer> {
  private final ServerStarter starter;

  TrainCommand(ServerStarter starter) {
    this.starter = starter;
  }

  @Override
  public Integer call() throws IOException {
    Demo.startAndEnd(starter);
    return ExitCode.OK;
  }
}
