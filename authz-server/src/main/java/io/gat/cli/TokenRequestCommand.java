package io.gat.cli;

import io.gat.client.IssuerClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gat token request}: a caller's own token, from an issuer (client credentials). */
@Command(
    name = "request",
    mixinStandardHelpOptions = true,
    description = {
      "Asks an issuer for a token about the caller itself and prints it, and only it.",
      "Exit code: 0 here it is, 1 the issuer gives none, 2 wrong input or no issuer answers."
    })
final class TokenRequestCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private IssuerOptions issuer = new IssuerOptions();

  TokenRequestCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (IssuerClient client = issuer.client()) {
      return IssuerOptions.tell(
          console, output, "gat token request", client.request(issuer.wish()));
    }
  }
}
