package io.gat.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat policy check}: says whether a set of policy files would be taken. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Says whether the policy files would be taken, all of them as one set.",
      "Exit code: 0 taken, 1 refused, 2 unreadable."
    })
final class PolicyCheckCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

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
    List<Source> sources = new ArrayList<>();
    List<Problem> unreadable = new ArrayList<>();
    for (Path path : paths) {
      switch (PolicyFiles.read(path)) {
        case PolicyFiles.Result.Sources good -> sources.addAll(good.sources());
        case PolicyFiles.Result.Unreadable bad -> unreadable.addAll(bad.problems());
      }
    }
    if (!unreadable.isEmpty()) {
      report(unreadable, List.of());
      return ExitCode.UNUSABLE;
    }
    return switch (PolicyCompiler.compile(sources, environment)) {
      case PolicyCompiler.Refused refused -> {
        report(refused.problems(), List.of());
        yield ExitCode.NO;
      }
      case PolicyCompiler.Compiled compiled -> {
        report(List.of(), compiled.warnings());
        if (output.format() == Output.Format.TEXT) {
          int services = compiled.policy().services().size();
          console
              .out()
              .println(
                  "ok: "
                      + services
                      + (services == 1 ? " service" : " services")
                      + ", policy "
                      + compiled.policy().hash());
        }
        yield ExitCode.OK;
      }
    };
  }

  private void report(List<Problem> problems, List<Problem> warnings) {
    switch (output.format()) {
      case TEXT -> {
        problems.forEach(p -> console.err().println(p));
        warnings.forEach(w -> console.err().println("warning: " + w));
      }
      case JSON ->
          console
              .out()
              .println(
                  Json.text(
                      json -> {
                        json.writeStartObject();
                        json.writeBooleanField("ok", problems.isEmpty());
                        write(json, "problems", problems);
                        write(json, "warnings", warnings);
                        json.writeEndObject();
                      }));
    }
  }

  private static void write(JsonGenerator json, String name, List<Problem> problems)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Problem p : problems) {
      json.writeStartObject();
      json.writeStringField("file", p.position().file());
      json.writeNumberField("line", p.position().line());
      json.writeNumberField("column", p.position().column());
      json.writeStringField("path", p.path());
      json.writeStringField("message", p.message());
      json.writeStringField("remedy", p.remedy());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
