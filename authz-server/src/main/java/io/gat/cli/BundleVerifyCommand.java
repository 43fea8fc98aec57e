package io.gat.cli;

import io.gat.bundle.Bundle;
import io.gat.bundle.BundleException;
import io.gat.bundle.BundleReader;
import io.gat.keys.CryptoProvider;
import io.gat.keys.KeySet;
import io.gat.keys.KeySourceException;
import io.gat.keys.SignedDocument;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat policy bundle verify}: says whether a server would take a bundle. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Says whether a server that trusts the key would take the bundle now.",
      "Exit code: 0 yes, 1 no, 2 unreadable."
    })
final class BundleVerifyCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE", description = "The bundle.")
  private Path file = Path.of("bundle.tar");

  @Option(
      names = "--key",
      required = true,
      paramLabel = "JWKS",
      description = "The public keys of those who may sign.")
  private Path key = Path.of("key.pub");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The set that the server wants, its `bundle.name` (default: policy).")
  private String name = Bundle.DEFAULT_NAME;

  @Option(
      names = "--min-version",
      paramLabel = "N",
      description = "The least version that is taken (default: 1).")
  private long least = 1;

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description = "Whose values: count (default: default).")
  private String environment = PolicyCompiler.DEFAULT_ENVIRONMENT;

  BundleVerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!Bundle.isName(name)) {
      throw new UnusableInput("--name: write " + Bundle.NAMING);
    }
    Instant now = Instant.now();
    try {
      KeySet keys = new KeySet(SignedDocument.publicKeys(key), now, Instant.MAX);
      SignedDocument manifests = new SignedDocument(BundleReader.TYPE, keys, CryptoProvider.best());
      return judged(new BundleReader(manifests, name).read(Files.readAllBytes(file), now, least));
    } catch (BundleException e) {
      console.err().println(file + ": " + e.getMessage());
      return ExitCode.NO;
    } catch (KeySourceException e) {
      throw new UnusableInput(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UnusableInput(file + ": cannot be read; name the bundle's file");
    }
  }

  private int judged(Bundle bundle) {
    var policies =
        bundle.sources(file.toString()).stream()
            .filter(s -> !PolicyFiles.isTestName(Path.of(s.file())))
            .toList();
    return switch (PolicyCompiler.compile(List.copyOf(policies), environment)) {
      case PolicyCompiler.Refused refused -> {
        refused.problems().forEach(p -> console.err().println(p));
        yield ExitCode.NO;
      }
      case PolicyCompiler.Compiled compiled -> {
        BundleText.print(console, output, bundle, compiled.policy().hash());
        yield ExitCode.OK;
      }
    };
  }
}
