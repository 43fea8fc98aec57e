package io.gat.cli;

import io.gat.bundle.Bundle;
import io.gat.bundle.BundleException;
import io.gat.bundle.BundleFolder;
import io.gat.bundle.BundleWriter;
import io.gat.keys.Algorithm;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySourceException;
import io.gat.keys.SigningKey;
import io.gat.policy.compile.PolicyCheck;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Severity;
import io.gat.policy.verify.PolicyTests;
import io.gat.server.verify.EnvoyCallJudge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat policy bundle build}: makes a signed bundle of a policy folder. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a signed bundle of a folder's policy files and tests.",
      "A folder that does not compile, or whose tests fail, is refused.",
      "Exit code: 0 written, 1 refused, 2 unreadable or wrong input."
    })
final class BundleBuildCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FOLDER", description = "The policy folder.")
  private Path folder = Path.of("policy");

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = {
        "The private key that signs (a JWK); made with ES256 where there is no such file.",
        "Its public half is written beside it, as FILE.pub: servers need that as `key`."
      })
  private Path key = Path.of("key");

  @Option(
      names = "--output-file",
      required = true,
      paramLabel = "FILE",
      description = "Where the bundle goes.")
  private Path target = Path.of("bundle.tar");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = {
        "What the set is, signed with it: servers take it only where their configuration wants it",
        "by this name. `candidate` for one that is only tried (default: policy)."
      })
  private String name = Bundle.DEFAULT_NAME;

  @Option(
      names = "--bundle-version",
      paramLabel = "N",
      description = "Servers take no lesser one later (default: seconds since 1970).")
  private @Nullable Long version;

  @Option(
      names = "--expires",
      paramLabel = "24h",
      converter = TokenMintCommand.Ttl.class,
      description = "For how long servers may load it (default: 168h).")
  private Duration expires = Duration.ofDays(7);

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "Whose values: count in the check (default: default).")
  private String environment = PolicyCompiler.DEFAULT_ENVIRONMENT;

  BundleBuildCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!Bundle.isName(name)) {
      throw new UnusableInput("--name: write " + Bundle.NAMING);
    }
    if (version != null && version < 1) {
      throw new UnusableInput("--bundle-version: write 1 or more");
    }
    if (expires.compareTo(Duration.ofMinutes(1)) < 0) {
      throw new UnusableInput("--expires: write at least 1m");
    }
    if (!Files.isDirectory(folder)) {
      throw new UnusableInput(folder + ": there is no such folder; name the policy folder");
    }
    PolicyCheck.Report report = PolicyCheck.of(List.of(folder), environment);
    if (report.compiled().isEmpty()) {
      report.problems().forEach(p -> console.err().println(p));
      return report.of(Severity.UNREADABLE).isEmpty() ? ExitCode.NO : ExitCode.UNUSABLE;
    }
    List<String> failures = testFailures(report.compiled().get(), report);
    if (!failures.isEmpty()) {
      failures.forEach(console.err()::println);
      return ExitCode.NO;
    }
    write(report.compiled().get().policy().hash());
    return ExitCode.OK;
  }

  private List<String> testFailures(PolicyCompiler.Compiled compiled, PolicyCheck.Report report) {
    return switch (PolicyFiles.readWithTests(folder).tests()) {
      case PolicyFiles.Result.Unreadable bad -> lines(bad.problems());
      case PolicyFiles.Result.Sources tests -> {
        PolicyTests runner = new PolicyTests(new EnvoyCallJudge(CryptoProvider.best()));
        yield switch (runner.run(compiled, report.sources(), tests.sources())) {
          case PolicyTests.Result.Unreadable bad -> lines(bad.problems());
          case PolicyTests.Result.Ran ran -> ran.report().failures();
        };
      }
    };
  }

  private static List<String> lines(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }

  private void write(String hash) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try {
      SigningKey signer = SigningKey.loadOrCreate(key, Algorithm.ES256, CryptoProvider.best());
      Path publicKey = key.resolveSibling(key.getFileName() + ".pub");
      Files.writeString(publicKey, signer.publicJwks() + "\n");
      long number = version == null ? now.getEpochSecond() : version;
      Bundle bundle = new Bundle(name, number, now, now.plus(expires), BundleFolder.read(folder));
      Files.write(target, BundleWriter.write(bundle, signer));
      BundleText.print(console, output, bundle, hash);
    } catch (KeySourceException | BundleException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UnusableInput(
          e.getMessage() + ": cannot be written; name a file in a folder that is there");
    }
  }
}
