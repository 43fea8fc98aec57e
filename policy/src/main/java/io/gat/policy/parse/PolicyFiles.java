package io.gat.policy.parse;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads a policy's files: one file, or the {@code *.yaml} and {@code *.yml} of a folder, not of its
 * subfolders. Names that start with a dot are passed over (a mounted ConfigMap has {@code ..data}),
 * and so are {@code *_test.yaml}, which hold tests.
 */
public final class PolicyFiles {
  private PolicyFiles() {}

  /** The texts, or why they cannot be had. */
  public sealed interface Result {
    /** At least one text, in the order of the names. */
    record Sources(List<Source> sources) implements Result {
      public Sources {
        sources = List.copyOf(sources);
      }
    }

    /** At least one problem. */
    record Unreadable(List<Problem> problems) implements Result {
      public Unreadable {
        problems = List.copyOf(problems);
      }
    }
  }

  public static Result read(Path path) {
    List<Problem> problems = new ArrayList<>();
    List<Source> sources = new ArrayList<>();
    for (Path file : files(path, problems)) {
      try {
        sources.add(new Source(file.toString(), Files.readString(file)));
      } catch (CharacterCodingException e) {
        problems.add(problem(file, "the file is not UTF-8", "save it as UTF-8"));
      } catch (IOException e) {
        problems.add(
            problem(
                file, "the file cannot be read", "check that it is there, and its permissions"));
      }
    }
    return problems.isEmpty() ? new Result.Sources(sources) : new Result.Unreadable(problems);
  }

  private static List<Path> files(Path path, List<Problem> problems) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> files = entries.filter(PolicyFiles::isPolicy).sorted().toList();
      if (files.isEmpty()) {
        problems.add(problem(path, "the folder has no policy", "put a *.yaml file there"));
      }
      return files;
    } catch (NoSuchFileException e) {
      problems.add(problem(path, "there is no such folder", "check the path"));
    } catch (IOException e) {
      problems.add(problem(path, "the folder cannot be read", "check its permissions"));
    }
    return List.of();
  }

  private static boolean isPolicy(Path file) {
    String name = String.valueOf(file.getFileName());
    boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
    boolean test = name.endsWith("_test.yaml") || name.endsWith("_test.yml");
    return yaml && !test && !name.startsWith(".") && !Files.isDirectory(file);
  }

  private static Problem problem(Path file, String message, String remedy) {
    return new Problem(new Position(file.toString(), 1, 1), "", message, remedy);
  }
}
