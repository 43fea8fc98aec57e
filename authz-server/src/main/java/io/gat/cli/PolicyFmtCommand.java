package io.gat.cli;

import io.gat.policy.format.PolicyFormatter;
import io.gat.policy.format.UnifiedDiff;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gat policy fmt}: brings policy files into their canonical form. */
@Command(
    name = "fmt",
    mixinStandardHelpOptions = true,
    description = {
      "Brings policy, issuance and test files into their canonical form, comments kept,",
      "and names the files that it changed.",
      "Exit code: 0 done, 1 something would change (with --check), 2 a file is unreadable."
    })
final class PolicyFmtCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private Output output = new Output();

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "A file, a folder with all below it, or - for the standard input (written to the output).")
  private List<String> paths = List.of();

  @Option(
      names = "--check",
      description = "Change nothing, show what would change, and exit with 1 if anything would.")
  private boolean check;

  @Option(names = "--stdout", description = "Write the result to the output, not to the files.")
  private boolean stdout;

  PolicyFmtCommand(Console console) {
    this.console = console;
  }

  /** A text that has a canonical form. */
  private record Read(Source source, PolicyFormatter.Formatted formatted) {}

  @Override
  public Integer call() {
    List<Problem> problems = new ArrayList<>();
    List<Read> files = new ArrayList<>();
    for (String path : paths) {
      for (Source source : sources(path, problems)) {
        switch (PolicyFormatter.format(source)) {
          case PolicyFormatter.Formatted formatted -> files.add(new Read(source, formatted));
          case PolicyFormatter.Unreadable unreadable -> problems.addAll(unreadable.problems());
        }
      }
    }
    if (!check && !stdout) {
      files.removeIf(file -> !write(file, problems));
    }
    problems.sort(Comparator.comparing(problem -> problem.position().file()));
    switch (output.format()) {
      case TEXT -> {
        files.forEach(this::print);
        problems.forEach(console.err()::println);
      }
      case JSON -> console.out().println(json(files, problems));
    }
    if (!problems.isEmpty()) {
      return ExitCode.UNUSABLE;
    }
    boolean changes = files.stream().anyMatch(f -> f.formatted().changed());
    return check && changes ? ExitCode.NO : ExitCode.OK;
  }

  private List<Source> sources(String path, List<Problem> problems) {
    if (path.equals(InputSources.STANDARD_INPUT)) {
      return InputSources.standardInput(console, problems);
    }
    List<Source> sources = new ArrayList<>();
    for (Path file : files(Path.of(path), problems)) {
      sources.addAll(InputSources.at(file, problems));
    }
    return sources;
  }

  // Unlike a server, which takes one folder's rules and tests, this takes all files below it.
  private static List<Path> files(Path place, List<Problem> problems) {
    if (!Files.isDirectory(place)) {
      return List.of(place);
    }
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          place,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return folder.equals(place) || !isHidden(folder)
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (isPolicyFile(file)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
      files.sort(Comparator.naturalOrder());
      if (files.isEmpty()) {
        problems.add(
            InputSources.problem(
                ProblemId.NO_POLICY_FILE,
                place.toString(),
                "the folder has no *.yaml file, nor has one in it",
                "name another folder"));
      }
      return files;
    } catch (IOException e) {
      problems.add(
          InputSources.problem(
              ProblemId.UNREADABLE_FILE,
              place.toString(),
              "the folder cannot be read",
              "check its permissions"));
      return List.of();
    }
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static boolean isPolicyFile(Path file) {
    String name = file.getFileName().toString();
    return !isHidden(file)
        && (name.endsWith(".yaml") || name.endsWith(".yml"))
        && !Files.isDirectory(file);
  }

  /** False where a file that needs another text could not get it. */
  private static boolean write(Read file, List<Problem> problems) {
    String name = file.source().file();
    if (name.equals(InputSources.STANDARD_INPUT) || !file.formatted().changed()) {
      return true;
    }
    try {
      FileReplacement.replace(Path.of(name), file.formatted().text());
      return true;
    } catch (IOException e) {
      problems.add(
          InputSources.problem(
              ProblemId.UNREADABLE_FILE,
              name,
              "the file cannot be replaced",
              "check its folder's permissions"));
      return false;
    }
  }

  private boolean isWrittenOut(Read file) {
    return stdout || file.source().file().equals(InputSources.STANDARD_INPUT);
  }

  private void print(Read file) {
    if (check) {
      console.out().print(diff(file));
    } else if (isWrittenOut(file)) {
      console.out().print(file.formatted().text());
    } else if (file.formatted().changed()) {
      console.out().println(file.source().file());
    }
  }

  private static String diff(Read file) {
    return UnifiedDiff.of(file.source().file(), file.source().text(), file.formatted().text());
  }

  private String json(List<Read> files, List<Problem> problems) {
    return Json.text(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("files");
          for (Read file : files) {
            json.writeStartObject();
            json.writeStringField("file", file.source().file());
            json.writeBooleanField("changed", file.formatted().changed());
            if (check) {
              json.writeStringField("diff", diff(file));
            } else if (isWrittenOut(file)) {
              json.writeStringField("text", file.formatted().text());
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          WrittenProblems.write(json, "problems", problems);
          json.writeEndObject();
        });
  }
}
