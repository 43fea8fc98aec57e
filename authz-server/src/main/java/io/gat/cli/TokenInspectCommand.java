package io.gat.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gat token inspect}: shows what a token says, and on request whether it is valid. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what a token says. Without --config nothing is verified.",
      "Exit code: 0 shown (and valid, with --config), 1 not valid, 2 not a token."
    })
final class TokenInspectCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE|-", description = "The token's file, or - for standard input.")
  private String source = "-";

  TokenInspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    TokenInput token = TokenInput.read(source, console.in());
    switch (output.format()) {
      case TEXT -> {
        console.out().println("NOT VERIFIED: anybody could have written this token.");
        console.out().println("header " + Json.indented(token.header()));
        console.out().println("claims " + Json.indented(token.claims()));
      }
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        json.writeBooleanField("verified", false);
                        json.writeFieldName("header");
                        Json.copy(token.header(), json);
                        json.writeFieldName("claims");
                        Json.copy(token.claims(), json);
                        json.writeEndObject();
                      }));
    }
    return ExitCode.OK;
  }
}
