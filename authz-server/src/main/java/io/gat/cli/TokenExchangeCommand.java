package io.gat.cli;

import io.gat.client.IssuerClient;
import io.gat.client.SubjectToken;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat token exchange}: a token for another one (RFC 8693), from an issuer. */
@Command(
    name = "exchange",
    mixinStandardHelpOptions = true,
    description = {
      "Exchanges a token at an issuer and prints the new one, and only it: about the same subject,",
      "for what the issuance rules give the caller; or, without credentials, one's own gat for a",
      "narrower one.",
      "Exit code: 0 here it is, 1 the issuer gives none, 2 wrong input or no issuer answers."
    })
final class TokenExchangeCommand implements Callable<Integer> {
  private static final Map<String, String> TYPES =
      Map.of("access-token", SubjectToken.ACCESS_TOKEN, "jwt", SubjectToken.JWT);

  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private IssuerOptions issuer = new IssuerOptions();

  @Option(
      names = "--subject-token",
      required = true,
      paramLabel = "FILE|-",
      description = "The token of whom the new one is about; - for standard input.")
  private String subject = "-";

  @Option(
      names = "--subject-token-type",
      paramLabel = "TYPE",
      description = "access-token (a gat), or jwt for another issuer's (default: access-token).")
  private String type = "access-token";

  TokenExchangeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String uri = TYPES.get(type);
    if (uri == null) {
      throw new UnusableInput("--subject-token-type: write access-token or jwt");
    }
    SubjectToken token = new SubjectToken(TokenInput.read(subject, console.in()).compact(), uri);
    try (IssuerClient client = issuer.client()) {
      return IssuerOptions.tell(
          console, output, "gat token exchange", client.exchange(token, issuer.wish()));
    }
  }
}
