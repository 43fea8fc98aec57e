package io.gat.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gat keys canary stop}: signs all tokens with the usual key again. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = {
      "Ends the canary: all tokens are signed with the usual key again, at once. What the canary's",
      "key has signed stays good until it expires.",
      "The operator's gat needs the scope gat:keys.",
      "Exit code: 0 no canary runs, 2 anything else: it is safe to repeat."
    })
final class KeysCanaryStopCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private AdminOptions admin;

  KeysCanaryStopCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    return new KeyAnswer(console, output, "gat keys canary stop")
        .tell(admin.client().call("DELETE", "/v1/keys/canary", Map.of(), ""));
  }
}
