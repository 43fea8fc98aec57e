package io.gat.policy.parse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads a policy file, or a folder's {@code *.yaml} and {@code *.yml} files. Of a folder it reads
 * no subfolder, no name that starts with a dot and no {@code *_test.yaml}.
 */
public final class PolicyFiles {
  private static final long MAX_BYTES = 4 << 20;

  private PolicyFiles() {}

  /** Texts in the order of their names, or what is wrong; never both. */
  public sealed interface Result {
    /** The texts; a policy has at least one. */
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

  /**
   * A policy and its tests as they were at one moment.
   *
   * @param tests the folder's {@code *_test.yaml} files, maybe none; none for a single file
   */
  public record WithTests(Result policy, Result tests) {}

  /** Reads a file or a folder. */
  public static Result read(Path place) {
    return readWithTests(place, Tests.LEFT_OUT).policy();
  }

  /** Reads a file or a folder, and a folder's tests with it. */
  public static WithTests readWithTests(Path place) {
    return readWithTests(place, Tests.READ);
  }

  private enum Tests {
    READ,
    LEFT_OUT
  }

  private static WithTests readWithTests(Path place, Tests wanted) {
    List<Source> sources = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    Result tests = new Result.Sources(List.of());
    if (!Files.exists(place)) {
      problems.add(
          problem(
              ProblemId.UNREADABLE_FILE,
              place,
              "there is no such file or folder",
              "name an existing one"));
    } else if (!Files.isDirectory(place)) {
      readFile(place, place, sources, problems);
    } else {
      // A ConfigMap's files lead through the link "..data", which is swapped as a whole: following
      // it once keeps old and new files apart.
      try {
        Path data = place.resolve("..data");
        Path root = Files.isDirectory(data) ? data.toRealPath() : place;
        List<Path> names = list(root);
        List<Path> policies = names.stream().filter(n -> !isTestName(n)).toList();
        if (policies.isEmpty()) {
          problems.add(
              problem(
                  ProblemId.NO_POLICY_FILE,
                  place,
                  "the folder has no policy file",
                  "put a *.yaml file into the folder"));
        }
        policies.forEach(n -> readFile(root.resolve(n), place.resolve(n), sources, problems));
        if (wanted == Tests.READ) {
          tests = readAll(root, place, names.stream().filter(PolicyFiles::isTestName).toList());
        }
      } catch (IOException e) {
        problems.add(
            problem(
                ProblemId.UNREADABLE_FILE,
                place,
                "the folder cannot be read",
                "check its permissions"));
      }
    }
    return new WithTests(result(sources, problems), tests);
  }

  private static Result readAll(Path root, Path shown, List<Path> names) {
    List<Source> sources = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    names.forEach(n -> readFile(root.resolve(n), shown.resolve(n), sources, problems));
    return result(sources, problems);
  }

  private static Result result(List<Source> sources, List<Problem> problems) {
    return problems.isEmpty() ? new Result.Sources(sources) : new Result.Unreadable(problems);
  }

  /** The names of all policy and test files in a folder, sorted. */
  private static List<Path> list(Path root) throws IOException {
    try (Stream<Path> list = Files.list(root)) {
      return list.filter(f -> isYamlName(f.getFileName()) && !Files.isDirectory(f))
          .map(Path::getFileName)
          .sorted()
          .toList();
    }
  }

  private static boolean isYamlName(Path name) {
    String text = name.toString();
    return (text.endsWith(".yaml") || text.endsWith(".yml")) && !text.startsWith(".");
  }

  /** True for the name of a file that holds policy tests. */
  public static boolean isTestName(Path name) {
    return name.toString().endsWith("_test.yaml") || name.toString().endsWith("_test.yml");
  }

  private static void readFile(
      Path file, Path shown, List<Source> sources, List<Problem> problems) {
    try {
      if (!Files.isRegularFile(file)) {
        String remedy = "name a regular file";
        problems.add(
            problem(
                ProblemId.UNREADABLE_FILE,
                shown,
                "this is not a file, or its link leads nowhere",
                remedy));
        return;
      }
      if (Files.size(file) > MAX_BYTES) {
        problems.add(
            problem(ProblemId.TOO_LARGE, shown, "the file is larger than 4 MiB", "split it"));
        return;
      }
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      sources.add(new Source(shown.toString(), text));
    } catch (CharacterCodingException e) {
      problems.add(problem(ProblemId.NOT_UTF8, shown, "the file is not UTF-8", "save it as UTF-8"));
    } catch (NoSuchFileException e) {
      problems.add(
          problem(ProblemId.UNREADABLE_FILE, shown, "the file is gone", "read the folder again"));
    } catch (IOException e) {
      problems.add(
          problem(
              ProblemId.UNREADABLE_FILE,
              shown,
              "the file cannot be read",
              "check its permissions"));
    }
  }

  private static Problem problem(ProblemId id, Path file, String message, String remedy) {
    return new Problem(id, new Position(file.toString(), 1, 1), 2, "", message, remedy);
  }
}
