package io.gat.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat keys rotate}: goes over to another signing key, through the issuer's admin API. */
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    description = {
      "Lets every issuer go over to its next signing key, as soon as all readers of the key set can",
      "know it, and says when that is. --now does not wait for that. --now --revoke KID is for a key",
      "that has leaked: it is out of the key set at once, and all that it has signed is revoked.",
      "The operator's gat needs the scope gat:keys.",
      "Exit code: 0 done or planned, 1 there is no such key, 2 anything else: it is safe to repeat."
    })
final class KeysRotateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();
  @Mixin private AdminOptions admin;

  @Option(
      names = "--now",
      description = {
        "At once, with the pending key that readers are most likely to know. Readers that have read",
        "the key set before it was there refuse its tokens until they read it again."
      })
  private boolean now;

  @Option(
      names = "--revoke",
      paramLabel = "KID",
      description = "Revokes this key, and all that it has signed.")
  private String revoke = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for whoever finds it in the audit log.")
  private String reason = "";

  KeysRotateCommand(Console console, Map<String, String> environment) {
    this.console = console;
    this.admin = new AdminOptions(console, environment);
  }

  @Override
  public Integer call() {
    if (!revoke.isEmpty() && !now) {
      throw new UnusableInput("gat keys rotate: --revoke goes with --now: it waits for nobody");
    }
    AdminAnswer answer = admin.client().call("POST", "/v1/keys/rotate", Map.of(), body());
    return new KeyAnswer(console, output, "gat keys rotate").tell(answer);
  }

  private String body() {
    return Json.line(
        json -> {
          json.writeStartObject();
          json.writeBooleanField("now", now);
          if (!revoke.isEmpty()) {
            json.writeStringField("revoke", revoke);
          }
          if (!reason.isEmpty()) {
            json.writeStringField("reason", reason);
          }
          json.writeEndObject();
        });
  }
}
