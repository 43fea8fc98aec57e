package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.audit.AuditSource;
import io.gat.audit.AuditVerification;
import io.gat.audit.AuditVerifier.Extent;
import io.gat.audit.CheckpointTrust;
import io.gat.audit.Finding;
import io.gat.audit.VerifyReport;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySourceException;
import io.gat.keys.SignedDocument;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat audit verify}: tells whether the audit log is as it was written. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Tells whether the audit log is as it was written, and names the first record of each writer",
      "that is not: edited, removed, moved, inserted. With the exported checkpoints it also finds",
      "that the end was cut off. Reads the log beside a running server.",
      "Exit code: 0 as it was written, 1 it was changed, 2 it cannot be read."
    })
final class AuditVerifyCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private AuditInput input = new AuditInput();
  @Mixin private Output output = new Output();

  @Option(
      names = "--checkpoints",
      paramLabel = "FILE",
      description = {
        "Checkpoints that were exported, best from another machine (default with --config: the",
        "file that it names)."
      })
  private @Nullable Path checkpoints;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = {
        "A JWKS with the issuer's audit keys, kept apart from the log. Without it each checkpoint",
        "is believed by the key that it carries itself."
      })
  private @Nullable Path keys;

  @Option(
      names = "--partial",
      description = "Older records were removed or not exported: chains may begin anywhere.")
  private boolean partial;

  AuditVerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<Path> exported = Optional.ofNullable(checkpoints).or(input::checkpoints);
    VerifyReport report = input.with(console, source -> verify(source, exported));
    switch (output.format()) {
      case TEXT -> text(report, exported);
      case JSON -> console.out().println(Json.text(json -> write(json, report)));
    }
    return report.isSound() ? ExitCode.OK : ExitCode.NO;
  }

  private VerifyReport verify(AuditSource source, Optional<Path> exported) {
    try {
      return AuditVerification.of(source, exported, trust(), partial ? Extent.PART : Extent.WHOLE);
    } catch (UncheckedIOException e) {
      throw new UnusableInput(
          exported.map(Path::toString).orElse(input.name())
              + ": cannot be read: "
              + e.getMessage());
    }
  }

  private CheckpointTrust trust() {
    CryptoProvider crypto = CryptoProvider.best();
    Path root = keys;
    if (root == null) {
      return CheckpointTrust.inWhatTheyCarry(crypto);
    }
    try {
      return CheckpointTrust.in(SignedDocument.publicKeys(root), crypto);
    } catch (KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
  }

  private void text(VerifyReport report, Optional<Path> exported) {
    PrintStream out = console.out();
    for (Finding finding : report.findings()) {
      out.println(line(finding));
    }
    out.printf(
        "%s: %,d records of %d %s, %,d checkpoints%n",
        report.isSound() ? "as it was written" : "CHANGED",
        report.records(),
        report.writers().size(),
        report.writers().size() == 1 ? "writer" : "writers",
        report.checkpoints());
    if (report.uncovered() > 0) {
      out.printf(
          "%,d of them stand behind the last checkpoint: nothing signed covers them yet%n",
          report.uncovered());
    }
    if (exported.isEmpty()) {
      console.err().println("without --checkpoints nobody can tell whether the end was cut off");
    } else if (report.unexported() > 0) {
      console
          .err()
          .printf(
              "%,d checkpoints of the log are not among the %,d exported ones%n",
              report.unexported(), report.exported());
    }
    if (!report.kids().isEmpty()) {
      console
          .err()
          .println(
              "signed by "
                  + PlainText.of(String.join(", ", report.kids()), 400)
                  + "; whether that is the issuer's key only --keys can tell");
    }
  }

  private String line(Finding finding) {
    StringBuilder line = new StringBuilder();
    if (finding.place() > 0) {
      line.append(input.placeName()).append(' ').append(finding.place()).append(", ");
    }
    if (!finding.writer().isEmpty()) {
      line.append("writer ").append(finding.writer()).append(", ");
      line.append("sequence ").append(finding.sequence()).append(", ");
    }
    if (!finding.time().isEmpty()) {
      line.append("at ").append(finding.time()).append(", ");
    }
    line.append(Finding.word(finding.kind())).append(": ").append(finding.what());
    return PlainText.of(line.toString(), 600);
  }

  private void write(JsonGenerator json, VerifyReport report) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("sound", report.isSound());
    json.writeNumberField("records", report.records());
    json.writeNumberField("checkpoints", report.checkpoints());
    json.writeNumberField("uncovered", report.uncovered());
    json.writeNumberField("exported_checkpoints", report.exported());
    json.writeNumberField("unexported_checkpoints", report.unexported());
    json.writeArrayFieldStart("writers");
    for (String writer : report.writers()) {
      json.writeString(writer);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("kids");
    for (String kid : report.kids()) {
      json.writeString(kid);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("findings");
    for (Finding finding : report.findings()) {
      json.writeStartObject();
      json.writeStringField("kind", Finding.word(finding.kind()));
      if (finding.place() > 0) {
        json.writeNumberField(input.placeName(), finding.place());
      }
      if (!finding.writer().isEmpty()) {
        json.writeStringField("writer", finding.writer());
        json.writeNumberField("sequence", finding.sequence());
      }
      if (!finding.time().isEmpty()) {
        json.writeStringField("time", finding.time());
      }
      json.writeStringField("what", finding.what());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
