package io.gat.cli;

import io.gat.policy.migrate.PolicyImport;
import io.gat.policy.migrate.Remark;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat policy import}: makes a policy of other systems' objects. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a policy of Istio's RequestAuthentication and AuthorizationPolicy and of",
      "Authorino's AuthConfig (v1beta2, v1beta3). The policy allows nothing that they deny;",
      "what it does not carry over is listed on the standard error, with file and line.",
      "Exit code: 0 done, 1 a denial could only be kept by denying more, 2 unreadable input."
    })
final class PolicyImportCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "A file, a folder, or - for the standard input; all of them are one source.")
  private List<String> files = List.of();

  @Option(
      names = "--output-file",
      paramLabel = "FILE",
      description = "Where the policy is written (default: the output).")
  private Optional<Path> outputFile = Optional.empty();

  @Option(
      names = "--audience",
      paramLabel = "AUDIENCE",
      description = "The audience of services whose source names none (default: their names).")
  private Optional<String> audience = Optional.empty();

  PolicyImportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (audience.filter(a -> a.isEmpty() || a.chars().anyMatch(c -> c <= ' ')).isPresent()) {
      throw new UnusableInput("--audience: an audience has no blanks; name one");
    }
    List<Problem> problems = new ArrayList<>();
    List<Source> sources = new ArrayList<>();
    for (String file : files) {
      sources.addAll(
          file.equals(InputSources.STANDARD_INPUT)
              ? InputSources.standardInput(console, problems)
              : InputSources.at(Path.of(file), problems));
    }
    if (!problems.isEmpty()) {
      return unreadable(problems);
    }
    return switch (PolicyImport.run(sources, audience)) {
      case PolicyImport.Unreadable bad -> unreadable(bad.problems());
      case PolicyImport.Imported imported -> {
        outputFile.ifPresent(file -> write(file, imported.text()));
        print(imported);
        yield imported.isWithoutADenial() ? ExitCode.NO : ExitCode.OK;
      }
    };
  }

  private int unreadable(List<Problem> problems) {
    switch (output.format()) {
      case TEXT -> problems.forEach(console.err()::println);
      case JSON -> console.out().println(json("", List.of(), problems));
    }
    return ExitCode.UNUSABLE;
  }

  private static void write(Path file, String text) {
    try {
      if (Files.exists(file)) {
        FileReplacement.replace(file, text);
      } else {
        Files.writeString(file, text, StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UnusableInput(file + ": the file cannot be written; check its folder");
    }
  }

  private void print(PolicyImport.Imported imported) {
    switch (output.format()) {
      case TEXT -> {
        if (outputFile.isEmpty()) {
          console.out().print(imported.text());
        }
        imported.remarks().forEach(console.err()::println);
        long denials =
            imported.remarks().stream().filter(r -> r.kind() == Remark.Kind.DENIAL_WIDENED).count();
        if (denials > 0) {
          console
              .err()
              .println(
                  "NOT A FULL IMPORT: "
                      + denials
                      + (denials == 1 ? " denial" : " denials")
                      + " could only be kept by denying more; see the first lines above.");
        }
      }
      case JSON -> console.out().println(json(imported.text(), imported.remarks(), List.of()));
    }
  }

  private static String json(String policy, List<Remark> remarks, List<Problem> problems) {
    return Json.text(
        json -> {
          json.writeStartObject();
          json.writeStringField("policy", policy);
          json.writeArrayFieldStart("remarks");
          for (Remark remark : remarks) {
            json.writeStartObject();
            json.writeStringField("kind", remark.kind().name().toLowerCase(Locale.ROOT));
            json.writeStringField("file", remark.position().file());
            json.writeNumberField("line", remark.position().line());
            json.writeNumberField("column", remark.position().column());
            json.writeStringField("path", remark.path());
            json.writeStringField("message", remark.message());
            json.writeStringField("remedy", remark.remedy());
            json.writeEndObject();
          }
          json.writeEndArray();
          WrittenProblems.write(json, "problems", problems);
          json.writeEndObject();
        });
  }
}
