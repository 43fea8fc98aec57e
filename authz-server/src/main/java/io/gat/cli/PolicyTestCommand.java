package io.gat.cli;

import io.gat.config.AuthzConfig;
import io.gat.config.PolicyConfig;
import io.gat.keys.CryptoProvider;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.verify.JunitReport;
import io.gat.policy.verify.PolicyTests;
import io.gat.policy.verify.TestPlaces;
import io.gat.policy.verify.TestReport;
import io.gat.policy.verify.TextReport;
import io.gat.server.ConfiguredPolicy;
import io.gat.server.StartException;
import io.gat.server.verify.EnvoyCallJudge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat policy test}: runs the tests beside policy files. */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the *_test.yaml files beside policy files: every call with a real signed token, by the"
          + " same way as in the server.",
      "Exit code: 0 all passed, 1 a case failed or too little is covered, 2 unreadable, or there"
          + " are no tests."
    })
final class PolicyTestCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Also writes the results as JUnit XML.")
  private @Nullable Path junit;

  @Option(
      names = "--min-coverage",
      paramLabel = "PERCENT",
      description =
          "The answer is no where the tests see less than this of all rules and of both outcomes"
              + " of all conditions (default: 0).")
  private int minCoverage;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "The gat.yaml of an authz server: decides as that server does, with its leeway, trust, pin,",
        "environment and upstream headers. Without a PATH its policy is tested."
      })
  private @Nullable Path config;

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description =
          "A folder (with those below it), a *_test.yaml, or a policy file with its test beside it.")
  private List<Path> paths = List.of();

  PolicyTestCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (minCoverage < 0 || minCoverage > 100) {
      throw new UnusableInput(
          "--min-coverage: " + minCoverage + " is not a percentage; write one from 0 to 100");
    }
    Path file = config;
    AuthzConfig authz = file == null ? null : OfflineJudge.authz(ConfigFile.read(file));
    return switch (places(authz)) {
      case TestPlaces.Result.Nothing nothing -> unreadable(nothing.problems());
      case TestPlaces.Result.Found found -> run(found.sets(), authz);
    };
  }

  private TestPlaces.Result places(@Nullable AuthzConfig authz) {
    if (!paths.isEmpty()) {
      return TestPlaces.find(paths);
    }
    if (authz == null) {
      throw new UnusableInput(
          "no tests are named; give a PATH, or --config FILE for those of a server's policy");
    }
    return switch (authz.policy()) {
      case PolicyConfig.Files files -> TestPlaces.find(List.of(files.path()));
      case PolicyConfig.Bundle bundle -> of(bundle);
    };
  }

  private static TestPlaces.Result of(PolicyConfig.Bundle bundle) {
    PolicyFiles.WithTests texts;
    try {
      texts = ConfiguredPolicy.read(bundle, CryptoProvider.jdk());
    } catch (StartException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    }
    return switch (texts.policy()) {
      case PolicyFiles.Result.Unreadable bad -> new TestPlaces.Result.Nothing(bad.problems());
      case PolicyFiles.Result.Sources policies ->
          switch (texts.tests()) {
            case PolicyFiles.Result.Unreadable bad -> new TestPlaces.Result.Nothing(bad.problems());
            case PolicyFiles.Result.Sources none when none.sources().isEmpty() ->
                throw new UnusableInput(
                    bundle.name()
                        + ": there is no *_test.yaml in it; build it from a tested folder");
            case PolicyFiles.Result.Sources tests ->
                new TestPlaces.Result.Found(
                    List.of(new TestPlaces.TestSet(policies.sources(), tests.sources())));
          };
    };
  }

  private int run(List<TestPlaces.TestSet> sets, @Nullable AuthzConfig authz) {
    CryptoProvider crypto = CryptoProvider.best();
    PolicyTests tests =
        new PolicyTests(
            authz == null ? new EnvoyCallJudge(crypto) : ConfiguredPolicy.judge(authz, crypto));
    String environment = authz == null ? PolicyCompiler.DEFAULT_ENVIRONMENT : authz.environment();
    TestReport report = TestReport.empty();
    List<Problem> problems = new ArrayList<>();
    for (TestPlaces.TestSet set : sets) {
      switch (tests.run(set.policies(), set.tests(), environment)) {
        case PolicyTests.Result.Ran ran -> report = report.with(ran.report());
        case PolicyTests.Result.Unreadable bad -> problems.addAll(bad.problems());
      }
    }
    return problems.isEmpty() ? told(report) : unreadable(problems);
  }

  private int told(TestReport report) {
    if (junit != null) {
      write(junit, JunitReport.of(report));
    }
    boolean covered = report.coverage().percent() >= minCoverage;
    boolean ok = report.failed() == 0 && covered;
    switch (output.format()) {
      case TEXT -> {
        console.out().print(TextReport.of(report));
        console.out().flush();
      }
      case JSON -> console.out().println(PolicyTestJson.of(report, ok));
    }
    if (!covered) {
      console
          .err()
          .println(
              "the coverage is "
                  + report.coverage().percent()
                  + " %, less than --min-coverage "
                  + minCoverage
                  + "; test what is listed as not covered");
    }
    return ok ? ExitCode.OK : ExitCode.NO;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UnusableInput(
          "--junit: " + file + " cannot be written; name a file in a folder that is there");
    }
  }

  private int unreadable(List<Problem> problems) {
    switch (output.format()) {
      case TEXT -> problems.forEach(p -> console.err().println(p));
      case JSON -> console.out().println(PolicyTestJson.of(problems));
    }
    return ExitCode.UNUSABLE;
  }
}
