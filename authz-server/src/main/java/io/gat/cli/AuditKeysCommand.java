package io.gat.cli;

import io.gat.audit.CarriedKeys;
import io.gat.keys.CryptoProvider;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gat audit keys}: prints what {@code gat audit verify --keys} takes. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a JWKS with the public keys that have signed the checkpoints of the audit log. Take it",
      "while you believe the log, again after the audit key was changed, and keep it elsewhere:",
      "`gat audit verify --keys` then tells whether later checkpoints are the issuer's.",
      "Exit code: 0 printed, 1 there is no checkpoint, 2 it cannot be read."
    })
final class AuditKeysCommand implements Callable<Integer> {
  private static final String NONE = "{\"keys\":[]}";

  private final Console console;

  @Mixin private AuditInput input = new AuditInput();

  /** A JWKS is JSON in both formats. */
  @Mixin private Output output = new Output();

  AuditKeysCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String jwks = input.with(console, source -> CarriedKeys.jwks(source, CryptoProvider.best()));
    switch (output.format()) {
      case TEXT, JSON -> console.out().println(jwks.equals(NONE) ? jwks : Json.indented(jwks));
    }
    return jwks.equals(NONE) ? ExitCode.NO : ExitCode.OK;
  }
}
