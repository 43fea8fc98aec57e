package io.gat.cli;

import io.gat.policy.compile.PolicyCheck;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gat policy check}: says what is wrong with a set of policy files, and what is odd. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Says whether the policy files would be taken, all of them as one set, and warns of what is"
          + " probably not meant.",
      "policy/docs/problems.md explains every problem by the name in brackets.",
      "Exit code: 0 taken, 1 refused (with --strict also for a warning), 2 unreadable."
    })
final class PolicyCheckCommand implements Callable<Integer> {
  /** How results are written for other programs than gat's own. */
  enum Format {
    SARIF,
    GITHUB
  }

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Output output = new Output();

  @Option(
      names = "--format",
      paramLabel = "sarif|github",
      description = {
        "Writes the results as SARIF 2.1.0 for code scanning, or as annotations of GitHub Actions,"
            + " instead of --output."
      })
  private @Nullable Format format;

  @Option(names = "--strict", description = "Refuses warnings, too.")
  private boolean strict;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "A policy file, or a folder of them.")
  private List<Path> paths = List.of();

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "Whose `values` the files take; default: ${DEFAULT-VALUE}.")
  private String environment = PolicyCompiler.DEFAULT_ENVIRONMENT;

  PolicyCheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (format != null && output.format() != Output.Format.TEXT) {
      throw new ParameterException(
          spec.commandLine(), "--format and --output exclude each other: leave one of them out");
    }
    PolicyCheck.Report report = PolicyCheck.of(paths, environment);
    int code = code(report);
    // In every format: whoever sends the results to a file still learns why it says nothing.
    report.of(Severity.UNREADABLE).forEach(p -> console.err().print(unreadable(report, p)));
    String text =
        switch (format) {
          case SARIF -> SarifReport.text(report.problems());
          case GITHUB -> GithubAnnotations.text(report.problems());
          case null ->
              switch (output.format()) {
                case TEXT -> text(report);
                case JSON -> CheckJson.text(report, code == ExitCode.OK);
              };
        };
    console.out().print(text);
    console.out().flush();
    return code;
  }

  private int code(PolicyCheck.Report report) {
    if (!report.of(Severity.UNREADABLE).isEmpty()) {
      return ExitCode.UNUSABLE;
    }
    boolean refused =
        !report.of(Severity.ERROR).isEmpty() || (strict && !report.of(Severity.WARNING).isEmpty());
    return refused ? ExitCode.NO : ExitCode.OK;
  }

  private static String unreadable(PolicyCheck.Report report, Problem problem) {
    boolean hasText =
        report.sources().stream().anyMatch(s -> s.file().equals(problem.position().file()));
    return hasText ? report.excerpt(problem) : problem + "\n";
  }

  private String text(PolicyCheck.Report report) {
    StringBuilder text = new StringBuilder();
    List<Problem> errors = report.of(Severity.ERROR);
    List<Problem> warnings = report.of(Severity.WARNING);
    report.problems().stream()
        .filter(p -> p.severity() != Severity.UNREADABLE)
        .forEach(p -> text.append(report.excerpt(p)));
    String counted = warnings.isEmpty() ? "" : ", " + counted(warnings.size(), "warning");
    if (!errors.isEmpty()) {
      text.append("refused: ").append(counted(errors.size(), "error")).append(counted);
    } else if (strict && !warnings.isEmpty()) {
      text.append("refused by --strict: ").append(counted(warnings.size(), "warning"));
    } else if (report.compiled().isPresent()) {
      var policy = report.compiled().get().policy();
      text.append("ok: ").append(counted(policy.services().size(), "service"));
      int inShadow = report.compiled().get().rulesInShadow();
      text.append(inShadow == 0 ? "" : ", " + counted(inShadow, "rule") + " in shadow");
      text.append(", policy ").append(policy.hash()).append(counted);
    }
    return text.isEmpty() ? "" : text.append('\n').toString();
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
