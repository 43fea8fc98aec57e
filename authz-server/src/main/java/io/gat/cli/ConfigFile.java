package io.gat.cli;

import io.gat.config.ConfigReader;
import io.gat.config.GatConfig;
import io.gat.policy.parse.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the file that {@code --config} names. */
final class ConfigFile {
  private ConfigFile() {}

  /**
   * The configuration.
   *
   * @throws UnusableInput with all problems, one a line
   */
  static GatConfig read(Path file) {
    return switch (ConfigReader.read(file)) {
      case ConfigReader.Result.Read read -> read.config();
      case ConfigReader.Result.Refused refused ->
          throw new UnusableInput(lines(refused.problems()));
    };
  }

  static String lines(List<Problem> problems) {
    return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
  }
}
