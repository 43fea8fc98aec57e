package io.gat.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A gat.yaml with the role authz: verifies the token as it would.")
  private @Nullable Path config;

  TokenInspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    TokenInput token = TokenInput.read(source, console.in());
    if (config == null) {
      show(
          token,
          "NOT VERIFIED: anybody could have written this token; --config FILE verifies it",
          json -> json.writeBooleanField("verified", false));
      return ExitCode.OK;
    }
    Optional<String> reason =
        new TokenCheck(ConfigFile.read(config), InstantSource.system()).reason(token);
    show(
        token,
        reason
            .map(why -> "NOT VALID: " + why)
            .orElse(
                "VALID by itself: issuer, type, signature and times hold;"
                    + " revocation and policy were not asked"),
        json -> {
          json.writeBooleanField("verified", reason.isEmpty());
          json.writeStringField("reason", reason.orElse("ok"));
        });
    return reason.isEmpty() ? ExitCode.OK : ExitCode.NO;
  }

  private void show(TokenInput token, String verdict, Json.Body fields) {
    switch (output.format()) {
      case TEXT -> {
        console.out().println(verdict);
        token.tokenId().ifPresent(id -> console.out().println("token_id " + id));
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
                        fields.writeTo(json);
                        if (token.tokenId().isPresent()) {
                          json.writeStringField("token_id", token.tokenId().get());
                        }
                        json.writeFieldName("header");
                        Json.copy(token.header(), json);
                        json.writeFieldName("claims");
                        Json.copy(token.claims(), json);
                        json.writeEndObject();
                      }));
    }
  }
}
