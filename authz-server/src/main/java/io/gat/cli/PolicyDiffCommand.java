package io.gat.cli;

import io.gat.cli.replay.Replay;
import io.gat.cli.replay.Replayed;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import io.gat.policy.verify.diff.PolicyDiff;
import io.gat.policy.verify.diff.PolicySet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat policy diff}: says what changes in meaning from one policy set to another. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Says what changes in meaning from one policy set to another: which calls open or close, and"
          + " for whom. Names, order and layout of rules have no meaning.",
      "Exit code: 0 nothing opens, 1 something opens, 2 an input that is refused or unreadable."
    })
final class PolicyDiffCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Parameters(index = "0", paramLabel = "OLD", description = "A policy file, or a folder of them.")
  private Path before = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW", description = "The same, changed.")
  private Path after = Path.of("");

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "Whose `values` the files take; default: ${DEFAULT-VALUE}.")
  private String environment = PolicyCompiler.DEFAULT_ENVIRONMENT;

  @Option(
      names = "--replay",
      paramLabel = "FILE|-",
      description = {
        "Decision records, one in a line, as gat serve logs them: decides their calls by both"
            + " policies and counts what differs. What records do not have (header and query"
            + " values, addresses, claims) is unknown, and never guessed."
      })
  private @Nullable String records;

  PolicyDiffCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    PolicySet old = read(before);
    PolicySet now = read(after);
    PolicyDiff diff = PolicyDiff.between(old, now);
    Optional<Replayed> replayed = Optional.ofNullable(records).map(r -> replay(old, now, r));
    switch (output.format()) {
      case TEXT -> {
        console.out().print(new DiffText().of(diff));
        replayed.ifPresent(r -> console.out().print("\n" + ReplayReport.text(r)));
      }
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        DiffJson.write(json, diff);
                        if (replayed.isPresent()) {
                          ReplayReport.write(json, replayed.get());
                        }
                        json.writeEndObject();
                      }));
    }
    boolean opens = diff.opens() || replayed.filter(Replayed::allows).isPresent();
    return opens ? ExitCode.NO : ExitCode.OK;
  }

  private Replayed replay(PolicySet old, PolicySet now, String source) {
    if (source.equals("-")) {
      return replay(old, now, "standard input", console.in());
    }
    try (InputStream in = Files.newInputStream(Path.of(source))) {
      return replay(old, now, source, in);
    } catch (IOException e) {
      throw new UnusableInput(
          source
              + ": there is no such file, or it cannot be read; name a file of decision records");
    }
  }

  private Replayed replay(PolicySet old, PolicySet now, String name, InputStream in) {
    try {
      return Replay.of(old.policy(), now.policy(), name, in, this::progress);
    } finally {
      if (console.watched()) {
        console.err().print("\r\u001b[K"); // the line is the next one's again
        console.err().flush();
      }
    }
  }

  private void progress(long calls) {
    if (console.watched()) {
      console.err().printf(Locale.ROOT, "\rreplayed %,d calls", calls);
      console.err().flush();
    }
  }

  private PolicySet read(Path path) {
    return switch (PolicyFiles.read(path)) {
      case PolicyFiles.Result.Unreadable bad -> throw unusable(bad.problems());
      case PolicyFiles.Result.Sources good -> compile(good.sources());
    };
  }

  private PolicySet compile(List<Source> sources) {
    return switch (PolicyCompiler.compile(sources, environment)) {
      case PolicyCompiler.Refused refused -> throw unusable(refused.problems());
      case PolicyCompiler.Compiled compiled -> PolicySet.of(compiled, sources);
    };
  }

  private static UnusableInput unusable(List<Problem> problems) {
    return new UnusableInput(
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
  }
}
