package io.gat.cli;

import io.gat.admin.KeyOperations;
import io.gat.config.IssuerConfig;
import io.gat.keys.life.KeyStatus;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat keys list}: shows the signing keys and where in their lives they are. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the signing keys of all issuers, as the log tells: id, algorithm, state (pending,",
      "active, retiring, retired, revoked), which issuer signs with it, and its times. The issuer",
      "need not run.",
      "Exit code: 0 shown, 2 there is no log yet, or it cannot be used."
    })
final class KeysListCommand implements Callable<Integer> {
  private static final List<String> HEADINGS =
      List.of("KID", "ALG", "STATE", "WRITER", "PUBLISHED", "ACTIVE SINCE", "SIGNS UNTIL", "ENDS");

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
    IssuerConfig issuer = IssuerFiles.issuer(ConfigFile.read(config));
    List<KeyStatus> keys;
    try (LogReader log = EmbeddedLog.openReadOnly(issuer.data())) {
      keys = KeyStatus.read(log, issuer.keys().publishLead());
    } catch (LogException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
    switch (output.format()) {
      case TEXT -> table(keys).forEach(console.out()::println);
      case JSON -> console.out().println(json(keys));
    }
    return ExitCode.OK;
  }

  private static String json(List<KeyStatus> keys) {
    return Json.text(
        json -> {
          json.writeStartArray();
          for (KeyStatus key : keys) {
            json.writeStartObject();
            KeyOperations.write(json, key);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static List<String> table(List<KeyStatus> keys) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (KeyStatus key : keys) {
      rows.add(
          List.of(
              key.kid(),
              key.algorithm(),
              key.role().equals("canary") ? key.state() + " (canary)" : key.state(),
              key.writer().isEmpty() ? "-" : PlainText.of(key.writer(), 40),
              key.published().toString(),
              told(key.activeSince()),
              told(key.signsUntil()),
              told(key.ends())));
    }
    return rows.stream().map(row -> line(rows, row)).toList();
  }

  private static String told(Optional<Instant> time) {
    return time.map(Instant::toString).orElse("-");
  }

  private static String line(List<List<String>> rows, List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      int column = i;
      int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
      line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
