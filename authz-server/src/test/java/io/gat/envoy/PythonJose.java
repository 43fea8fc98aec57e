package io.gat.envoy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Python with jwcrypto, which {@code ./gat test} has put into {@code .jose} of the repository. */
public final class PythonJose {
  private PythonJose() {}

  /** Runs a program with an input; its lines. */
  public static List<String> run(String program, String input)
      throws IOException, InterruptedException {
    Path library = RepositoryRoot.find().resolve(".jose");
    if (!Files.isDirectory(library.resolve("jwcrypto"))) {
      throw new IllegalStateException(
          "found no jwcrypto: run ./gat test once, or python3 -m pip install --target "
              + library
              + " jwcrypto");
    }
    ProcessBuilder command =
        new ProcessBuilder("python3", "-c", program).redirectError(ProcessBuilder.Redirect.INHERIT);
    command.environment().put("PYTHONPATH", library.toString());
    Process python = command.start();
    try (var in = python.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (python.waitFor() != 0) {
      throw new IllegalStateException("python3 ends with " + python.exitValue());
    }
    return output.lines().toList();
  }
}
