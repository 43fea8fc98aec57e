package io.gat.cli;

import io.gat.audit.AuditExport;
import io.gat.audit.AuditSource;
import io.gat.log.EmbeddedLog;
import io.gat.log.LogException;
import io.gat.log.LogReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat audit export}: prints the audit log byte by byte, so that it can be verified. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the records of the audit log as JSON lines, exactly as they were written: `gat audit",
      "verify --file` tells whether an export is whole. Reads the log beside a running server.",
      "With --since or --after it begins in the middle: verify it with --partial.",
      "Exit code: 0 printed, 2 the log cannot be read."
    })
final class AuditExportCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The issuer's gat.yaml.")
  private Path config = Path.of("gat.yaml");

  @Option(
      names = "--since",
      paramLabel = "1h|TIME",
      converter = Times.class,
      description = "Begins with the first record that is not older.")
  private @Nullable Instant since;

  @Option(
      names = "--after",
      paramLabel = "POSITION",
      description = "Begins behind this position of the log (default: 0).")
  private long after;

  @Option(
      names = "--follow",
      description = "Does not end, and prints what is written from now on, too.")
  private boolean follow;

  /** A record is JSON, and one text: both formats are the same bytes. */
  @Mixin private Output output = new Output();

  AuditExportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LogReader log =
        EmbeddedLog.openReadOnly(IssuerFiles.issuer(ConfigFile.read(config)).data())) {
      AuditExport export =
          switch (output.format()) {
            case TEXT, JSON -> new AuditExport(console.out(), since == null ? Instant.MIN : since);
          };
      long position = export.write(new AuditSource.Log(log, after), after);
      while (follow && !console.out().checkError()) {
        Thread.sleep(AuditExport.PAUSE);
        position = export.write(new AuditSource.Log(log, position), position);
      }
      if (console.out().checkError()) {
        throw new UnusableInput("the output cannot be written");
      }
      return ExitCode.OK;
    } catch (LogException | UncheckedIOException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.OK;
    }
  }
}
