package io.gat.server;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The issuance policy of a configuration. */
final class ConfiguredIssuance {
  private ConfiguredIssuance() {}

  /**
   * Reads and compiles it.
   *
   * @throws StartException with a line for each problem
   */
  static IssuancePolicy load(Path file) throws StartException {
    try {
      return switch (PolicyCompiler.compile(
          List.of(new Source(file.toString(), Files.readString(file))))) {
        case PolicyCompiler.Compiled compiled -> compiled.issuance();
        case PolicyCompiler.Refused refused ->
            throw new StartException(
                refused.problems().stream()
                    .map(Problem::toString)
                    .collect(Collectors.joining("\n")));
      };
    } catch (IOException e) {
      throw new StartException(file + ": cannot be read; name a readable issuance policy");
    }
  }
}
