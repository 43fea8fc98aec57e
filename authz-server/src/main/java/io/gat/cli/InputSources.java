package io.gat.cli;

import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Reads the texts that a command was given; what cannot be read is a problem. */
final class InputSources {
  /** What stands for the standard input among paths. */
  static final String STANDARD_INPUT = "-";

  private InputSources() {}

  /** The text of a file, or those of a folder. */
  static List<Source> at(Path place, List<Problem> problems) {
    return switch (PolicyFiles.read(place)) {
      case PolicyFiles.Result.Sources good -> good.sources();
      case PolicyFiles.Result.Unreadable bad -> {
        problems.addAll(bad.problems());
        yield List.of();
      }
    };
  }

  /** What is piped in; empty where it is no text. */
  static List<Source> standardInput(Console console, List<Problem> problems) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(console.in().readAllBytes());
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return List.of(new Source(STANDARD_INPUT, text));
    } catch (CharacterCodingException e) {
      problems.add(
          problem(ProblemId.NOT_UTF8, STANDARD_INPUT, "the input is not UTF-8", "send UTF-8"));
    } catch (IOException e) {
      problems.add(
          problem(
              ProblemId.UNREADABLE_FILE,
              STANDARD_INPUT,
              "the input cannot be read",
              "send it again"));
    }
    return List.of();
  }

  /** A problem with a file as a whole. */
  static Problem problem(ProblemId id, String file, String message, String remedy) {
    return new Problem(id, new Position(file, 1, 1), "", message, remedy);
  }
}
