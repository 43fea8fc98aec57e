package io.gat.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat keys canary start}: signs a part of the tokens with another key. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = {
      "Signs the tokens that are picked with another key, once all readers can know it: all options",
      "that are given add up. Validators have to accept the algorithm before.",
      "The operator's gat needs the scope gat:keys.",
      "Exit code: 0 it runs, 1 another one runs already, 2 anything else: it is safe to repeat."
    })
final class KeysCanaryStartCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private AdminOptions admin;
  @Mixin private CanaryPick pick = new CanaryPick();

  @Option(
      names = "--algorithm",
      required = true,
      paramLabel = "ALG",
      description = "ES256, ES384, EdDSA, RS256 or PS256; the usual one for just another key.")
  private String algorithm = "";

  KeysCanaryStartCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    String body =
        Json.line(
            json -> {
              json.writeStartObject();
              json.writeStringField("algorithm", algorithm);
              pick.write(json);
              json.writeEndObject();
            });
    return new KeyAnswer(console, output, "gat keys canary start")
        .tell(admin.client().call("PUT", "/v1/keys/canary", Map.of(), body));
  }
}
