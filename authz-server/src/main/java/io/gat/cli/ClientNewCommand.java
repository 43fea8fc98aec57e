package io.gat.cli;

import io.gat.issue.caller.GeneratedSecret;
import io.gat.issue.caller.Secret;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat client new}: makes a client's secret, or a legacy caller's API key. */
@Command(
    name = "new",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a secret of 256 random bits for a client, or an API key for a legacy caller. Prints it",
      "once, and the entry for the clients' file, which holds only its hash: nobody can get the",
      "secret back. To replace a secret, put the new entry beside the old one, and give the old one",
      "an end by not-after.",
      "Exit code: 0 made, 2 the id or the date is none."
    })
final class ClientNewCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Option(
      names = "--id",
      required = true,
      paramLabel = "ID",
      description = "Who it is for: letters, digits, '.', '_' and '-'.")
  private String id = "";

  @Option(names = "--api-key", description = "Make an API key instead; it needs --not-after.")
  private boolean apiKey;

  @Option(
      names = "--not-after",
      paramLabel = "DATE",
      description = "The day on which it ends, such as 2027-01-31, at its begin in UTC.")
  private String notAfter = "";

  ClientNewCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!GeneratedSecret.isId(id)) {
      throw new UnusableInput(
          "--id: no id; write at most 64 letters, digits, '.', '_' and '-', the first one a letter"
              + " or a digit");
    }
    if (apiKey && notAfter.isEmpty()) {
      throw new UnusableInput(
          "--not-after: an API key has to end; write a day, such as 2027-01-31");
    }
    if (!notAfter.isEmpty() && !isDay(notAfter)) {
      throw new UnusableInput("--not-after: no day; write it as 2027-01-31");
    }
    SecureRandom random = new SecureRandom();
    Secret secret =
        apiKey ? GeneratedSecret.forApiKey(id, random) : GeneratedSecret.forClient(random);
    String hash = GeneratedSecret.hash(secret);
    switch (output.format()) {
      case TEXT -> {
        console.out().println(secret.reveal());
        console.out().println(entry(hash));
      }
      case JSON -> console.out().println(json(secret, hash));
    }
    return ExitCode.OK;
  }

  private static boolean isDay(String text) {
    try {
      LocalDate.parse(text);
      return text.length() == 10;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private String entry(String hash) {
    String end = notAfter.isEmpty() ? "" : ", not-after: " + notAfter;
    return apiKey
        ? """

        # for the clients' file; the key above is shown this once
        api-keys:
          - {id: "%s", sha256: "%s"%s}"""
            .formatted(id, hash, end)
        : """

        # for the clients' file; the secret above is shown this once
        clients:
          - id: "%s"
            secrets:
              - {sha256: "%s"%s}"""
            .formatted(id, hash, end);
  }

  private String json(Secret secret, String hash) {
    return Json.text(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", id);
          json.writeStringField(apiKey ? "api_key" : "secret", secret.reveal());
          json.writeStringField("sha256", hash);
          if (!notAfter.isEmpty()) {
            json.writeStringField("not_after", notAfter);
          }
          json.writeEndObject();
        });
  }
}
