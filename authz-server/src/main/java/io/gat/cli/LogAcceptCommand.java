package io.gat.cli;

import io.gat.audit.AuditEvent;
import io.gat.config.IssuerConfig;
import io.gat.issue.Revocations;
import io.gat.keys.life.RestoredKeys;
import io.gat.log.Acceptance;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogEntry;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
      "Records after the backup are lost: revocations may be among them. So all tokens issued until",
      "now and all signing keys are revoked, and blocks made after the backup have to be made again.",
      "The issuer must not run.",
      "Exit code: 0 accepted, or there was nothing to accept; 2 another process writes to the log,",
      "it is damaged, or there is none."
    })
final class LogAcceptCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock = InstantSource.system();
  private int revokedKeys;

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
    IssuerConfig issuer = IssuerFiles.issuer(ConfigFile.read(config));
    try {
      switch (EmbeddedLog.accept(
          issuer.data(), clock, "gat log accept", accepted -> first(accepted, issuer))) {
        case Acceptance.NotNeeded same -> print(same);
        case Acceptance.Accepted accepted -> print(accepted);
      }
    } catch (LogException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
    return ExitCode.OK;
  }

  /** What becomes durable together with the new incarnation, or not at all. */
  private List<LogEntry> first(Acceptance.Accepted accepted, IssuerConfig issuer) {
    Instant now = clock.instant();
    try (LogReader log = EmbeddedLog.openReadOnly(issuer.data())) {
      RestoredKeys keys = RestoredKeys.read(log);
      revokedKeys = keys.kids().size();
      List<LogEntry> all =
          new ArrayList<>(
              Revocations.continuation(
                  accepted.before().orElse(""), now, issuer.url(), keys.kids()));
      all.addAll(
          keys.revocations(
              now,
              new AuditEvent.Actor(
                  AuditEvent.Actor.Kind.LOCAL, System.getProperty("user.name", "unknown"), "")));
      return all;
    }
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
        console
            .out()
            .println(
                "all signing keys are revoked ("
                    + revokedKeys
                    + "), since what ended them may be lost; the issuer makes new ones when it"
                    + " starts");
        console
            .out()
            .println(
                "blocks (`gat token revoke --block`) made after the backup are lost: make them"
                    + " again");
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
                        json.writeNumberField("keys_revoked", revokedKeys);
                        json.writeStringField("found", accepted.doubt());
                        json.writeEndObject();
                      }));
    }
  }
}
