package io.gat.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gat keys canary widen}: lets the canary pick other tokens. */
@Command(
    name = "widen",
    mixinStandardHelpOptions = true,
    description = {
      "Lets the canary that runs pick what is given here, and that only, at once; its key stays.",
      "The operator's gat needs the scope gat:keys.",
      "Exit code: 0 it runs, 1 there is none, 2 anything else: it is safe to repeat."
    })
final class KeysCanaryWidenCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private AdminOptions admin;
  @Mixin private CanaryPick pick = new CanaryPick();

  KeysCanaryWidenCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    String body =
        Json.line(
            json -> {
              json.writeStartObject();
              pick.write(json);
              json.writeEndObject();
            });
    return new KeyAnswer(console, output, "gat keys canary widen")
        .tell(admin.client().call("PUT", "/v1/keys/canary", Map.of(), body));
  }
}
