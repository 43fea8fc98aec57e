package io.gat.cli;

import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat keys list}: shows the issuer's signing key, from its file. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Shows id and algorithm of the issuer's signing key. The issuer need not run.",
      "Exit code: 0 shown, 2 there is no key yet, or it cannot be used."
    })
final class KeysListCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The issuer's gat.yaml.")
  private Path config = Path.of("gat.yaml");

  KeysListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path file = IssuerFiles.signingKey(IssuerFiles.issuer(ConfigFile.read(config)));
    SigningKey key;
    try {
      key = SigningKey.load(file, CryptoProvider.jdk());
    } catch (KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
    switch (output.format()) {
      case TEXT -> console.out().println(key.kid() + "  " + key.algorithm().joseName());
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartArray();
                        json.writeStartObject();
                        json.writeStringField("kid", key.kid());
                        json.writeStringField("alg", key.algorithm().joseName());
                        json.writeEndObject();
                        json.writeEndArray();
                      }));
    }
    return ExitCode.OK;
  }
}
