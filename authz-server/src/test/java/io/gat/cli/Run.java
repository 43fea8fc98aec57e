package io.gat.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One run of the program inside the test: what it printed and what it ended with. */
record Run(int code, String out, String err) {
  private static final ServerStarter NOTHING =
      config -> {
        throw new AssertionError("started a server for " + config.file());
      };

  static Run gat(String... arguments) {
    return withInput("", arguments);
  }

  static Run withInput(String input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console =
        new Console(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    int code = Commands.create(console, NOTHING, Map.of()).execute(arguments);
    return new Run(code, out.toString(), err.toString());
  }
}
