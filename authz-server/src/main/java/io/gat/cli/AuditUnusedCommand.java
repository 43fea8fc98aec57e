package io.gat.cli;

import io.gat.audit.AuditRecordJson;
import io.gat.audit.AuditSource;
import io.gat.audit.UnreadableRecordException;
import io.gat.cli.replay.RecordLines;
import io.gat.config.AuthzConfig;
import io.gat.config.IssuerConfig;
import io.gat.decide.DecisionRecord;
import io.gat.keys.CryptoProvider;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.usage.NarrowerRules;
import io.gat.usage.ScopeUse;
import io.gat.usage.ScopeUse.Report;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gat audit unused}: shows scopes that were granted and never used. */
@Command(
    name = "unused",
    mixinStandardHelpOptions = true,
    description = {
      "Shows scopes that issuance rules grant and nobody had, and scopes that were granted and never",
      "used, by rule and principal, with narrower rules that would have been enough.",
      "What was used is known from decision records of allowed calls. Decision logs that hold",
      "denials alone say nothing about it; of a sample, `unused` means: not seen.",
      "Exit code: 0 nothing is unused, 1 something is, 2 nobody can tell, or unreadable input."
    })
final class AuditUnusedCommand implements Callable<Integer> {
  private static final Duration USUAL = Duration.ofDays(30);

  private final Console console;

  @Mixin private AuditInput input = new AuditInput();
  @Mixin private Output output = new Output();

  @Option(
      names = "--since",
      paramLabel = "30d|TIME",
      converter = Times.class,
      description = "What is older counts for nothing (default: 30d).")
  private @Nullable Instant since;

  @Option(
      names = "--records",
      paramLabel = "FILE",
      arity = "1..*",
      description = "Decision records as JSON lines, of all authz servers; - for standard input.")
  private List<String> records = List.of();

  @Option(
      names = "--policy",
      paramLabel = "PATH",
      description = {
        "The services' rules and the issuance rules (default with --config: what it names). Without",
        "the services' rules every scope of an allowed token counts as used."
      })
  private @Nullable Path policy;

  AuditUnusedCommand(Console console) {
    this.console = console;
  }

  /** The rules that are in force. */
  private record Rules(IssuancePolicy issuance, @Nullable CompiledPolicy services) {}

  @Override
  public Integer call() {
    Instant from = since == null ? InstantSource.system().instant().minus(USUAL) : since;
    Rules rules = rules();
    ScopeUse use = new ScopeUse(rules.issuance(), rules.services(), from);
    long unreadable = input.with(console, source -> audited(source, use));
    records.forEach(file -> decided(file, use));
    Report report = use.report();
    Map<String, String> proposals =
        report.knowsUse() && report.knowsRules()
            ? NarrowerRules.propose(rules.issuance(), report)
            : Map.of();
    switch (output.format()) {
      case TEXT -> UnusedText.write(console, report, proposals, from);
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        report.writeFields(json, from, proposals);
                        json.writeEndObject();
                      }));
    }
    if (unreadable > 0) {
      console.err().println(unreadable + " audit records cannot be read; run `gat audit verify`");
    }
    if (rules.services() == null && report.knowsUse()) {
      console.err().println("without --policy every scope of an allowed token counts as used");
    }
    if (!report.knowsUse()) {
      console
          .err()
          .println(
              "nobody can tell which granted scopes are used: there are no decision records of"
                  + " allowed calls; give them by --records FILE");
      return ExitCode.UNUSABLE;
    }
    if (!rules.issuance().rules().isEmpty() && !report.knowsRules()) {
      console
          .err()
          .println(
              "nobody can tell what the issuance rules grant in vain: no recorded issuance names a"
                  + " rule; this version issues by operators alone");
      return ExitCode.UNUSABLE;
    }
    return report.hasUnused() ? ExitCode.NO : ExitCode.OK;
  }

  private static long audited(AuditSource source, ScopeUse use) {
    long[] unreadable = {0};
    source.read(
        (place, payload) -> {
          try {
            use.audited(AuditRecordJson.read(payload));
          } catch (UnreadableRecordException e) {
            unreadable[0]++;
          }
        });
    return unreadable[0];
  }

  private void decided(String file, ScopeUse use) {
    try (InputStream in = file.equals("-") ? console.in() : Files.newInputStream(Path.of(file))) {
      RecordLines lines = new RecordLines(InputText.name(file), in);
      for (Optional<DecisionRecord> r = lines.read(); r.isPresent(); r = lines.read()) {
        use.decided(r.get());
      }
    } catch (NoSuchFileException e) {
      throw new UnusableInput(file + ": there is no such file; give a decision log");
    } catch (IOException e) {
      throw new UnusableInput(InputText.name(file) + ": cannot be read");
    }
  }

  private Rules rules() {
    Path given = policy;
    if (given != null) {
      PolicyCompiler.Compiled compiled =
          PolicyInput.read(given, PolicyCompiler.DEFAULT_ENVIRONMENT);
      return new Rules(
          compiled.issuance(), compiled.policy().services().isEmpty() ? null : compiled.policy());
    }
    Optional<AuthzConfig> authz = input.config().flatMap(c -> c.authz());
    IssuancePolicy issuance =
        input
            .config()
            .flatMap(c -> c.issuer())
            .flatMap(IssuerConfig::issuance)
            .map(
                path ->
                    PolicyInput.read(
                            path,
                            authz
                                .map(AuthzConfig::environment)
                                .orElse(PolicyCompiler.DEFAULT_ENVIRONMENT))
                        .issuance())
            .orElse(new IssuancePolicy(List.of()));
    CompiledPolicy services =
        authz
            .map(a -> PolicyInput.read(a.policy(), a.environment(), CryptoProvider.best()).policy())
            .orElse(null);
    return new Rules(issuance, services);
  }
}
