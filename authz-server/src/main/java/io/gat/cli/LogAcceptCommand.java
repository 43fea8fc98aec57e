package io.gat.cli;

import io.gat.issue.Revocations;
import io.gat.log.Acceptance;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat log accept}: lets a log that was restored or moved be used again. */
@Command(
    name = "accept",
    mixinStandardHelpOptions = true,
    description = {
      "Lets a log that was restored from a backup, or moved, be used again, as a new incarnation.",
      "Records after the backup are lost: revocations may be among them. The issuer must not run.",
      "Exit code: 0 accepted, or there was nothing to accept; 2 another process writes to the log,",
      "it is damaged, or there is none."
    })
final class LogAcceptCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock = InstantSource.system();

  @Mixin private Output output = new Output();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The issuer's gat.yaml.")
  private Path config = Path.of("gat.yaml");

  LogAcceptCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path folder = IssuerFiles.issuer(ConfigFile.read(config)).data();
    try {
      switch (EmbeddedLog.accept(folder, clock, "gat log accept", this::writtenWithAcceptance)) {
        case Acceptance.NotNeeded same -> print(same);
        case Acceptance.Accepted accepted -> print(accepted);
      }
    } catch (LogException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
    return ExitCode.OK;
  }

  /** What becomes durable together with the new incarnation, or not at all. */
  private List<LogEntry> writtenWithAcceptance(Acceptance.Accepted accepted) {
    return Revocations.continuation(accepted.before().orElse(""), clock.instant());
  }

  private void print(Acceptance.NotNeeded same) {
    switch (output.format()) {
      case TEXT ->
          console
              .out()
              .println(
                  "nothing to accept: the log is where it was and lacks nothing (incarnation "
                      + same.incarnation()
                      + ", position "
                      + same.end()
                      + ")");
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        json.writeBooleanField("accepted", false);
                        json.writeStringField("incarnation", same.incarnation());
                        json.writeNumberField("position", same.end());
                        json.writeEndObject();
                      }));
    }
  }

  private void print(Acceptance.Accepted accepted) {
    switch (output.format()) {
      case TEXT -> {
        console.out().println("accepted: " + accepted.doubt());
        console
            .out()
            .println(
                "incarnation "
                    + accepted.now()
                    + accepted.before().map(before -> ", before: " + before).orElse(""));
        console
            .out()
            .println(
                "position "
                    + accepted.end()
                    + (accepted.lost() == 0
                        ? ""
                        : "; at least " + accepted.lost() + " later records are lost"));
        console
            .out()
            .println("all tokens issued until now are revoked, since revocations may be lost");
      }
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        json.writeBooleanField("accepted", true);
                        json.writeStringField("incarnation", accepted.now());
                        if (accepted.before().isPresent()) {
                          json.writeStringField("incarnation_before", accepted.before().get());
                        }
                        json.writeNumberField("position", accepted.end());
                        json.writeNumberField("lost", accepted.lost());
                        json.writeStringField("found", accepted.doubt());
                        json.writeEndObject();
                      }));
    }
  }
}
