package io.gat.cli;

import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import java.nio.file.Path;

/** Reads the policy that a command works with. */
final class PolicySource {
  private PolicySource() {}

  /**
   * The set of a file or folder.
   *
   * @param environment whose {@code values:} it takes
   * @throws UnusableInput with all problems, one a line
   */
  static PolicyCompiler.Compiled read(Path path, String environment) {
    return switch (PolicyFiles.read(path)) {
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
