package io.gat.cli;

import io.gat.config.PolicyConfig;
import io.gat.keys.CryptoProvider;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.server.ConfiguredPolicy;
import io.gat.server.StartException;
import java.nio.file.Path;

/** Reads the policy that a command works with. */
final class PolicyInput {
  private PolicyInput() {}

  /**
   * The set of a file or folder.
   *
   * @param environment whose {@code values:} it takes
   * @throws UnusableInput with all problems, one a line
   */
  static PolicyCompiler.Compiled read(Path path, String environment) {
    return compiled(PolicyFiles.read(path), environment);
  }

  /**
   * The set that a server with this configuration would run: a bundle is fetched and verified.
   *
   * @param environment whose {@code values:} it takes
   * @throws UnusableInput with all problems, one a line
   */
  static PolicyCompiler.Compiled read(
      PolicyConfig policy, String environment, CryptoProvider crypto) {
    try {
      return compiled(ConfiguredPolicy.read(policy, crypto).policy(), environment);
    } catch (StartException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }

  private static PolicyCompiler.Compiled compiled(PolicyFiles.Result texts, String environment) {
    return switch (texts) {
      case PolicyFiles.Result.Unreadable bad ->
          throw new UnusableInput(ConfigFile.lines(bad.problems()));
      case PolicyFiles.Result.Sources good ->
          switch (PolicyCompiler.compile(good.sources(), environment)) {
            case PolicyCompiler.Refused refused ->
                throw new UnusableInput(ConfigFile.lines(refused.problems()));
            case PolicyCompiler.Compiled compiled -> compiled;
          };
    };
  }
}
