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
    /** At least one text. */
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

  /** Reads a file or a folder. */
  public static Result read(Path place) {
    List<Source> sources = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    if (!Files.exists(place)) {
      problems.add(
          problem(
              ProblemId.UNREADABLE_FILE,
              place,
              "there is no such file or folder",
              "name an existing one"));
    } else if (Files.isDirectory(place)) {
      readFolder(place, sources, problems);
    } else {
      readFile(place, place, sources, problems);
    }
    return problems.isEmpty() ? new Result.Sources(sources) : new Result.Unreadable(problems);
  }

  private static void readFolder(Path folder, List<Source> sources, List<Problem> problems) {
    List<Path> names;
    Path root;
    try {
      // A ConfigMap's files lead through the link "..data", which is swapped as a whole: following
      // it once keeps old and new files apart.
      Path data = folder.resolve("..data");
      root = Files.isDirectory(data) ? data.toRealPath() : folder;
      try (Stream<Path> list = Files.list(root)) {
        names =
            list.filter(f -> isPolicyName(f.getFileName().toString()) && !Files.isDirectory(f))
                .map(Path::getFileName)
                .sorted()
                .toList();
      }
    } catch (IOException e) {
      problems.add(
          problem(
              ProblemId.UNREADABLE_FILE,
              folder,
              "the folder cannot be read",
              "check its permissions"));
      return;
    }
    if (names.isEmpty()) {
      problems.add(
          problem(
              ProblemId.NO_POLICY_FILE,
              folder,
              "the folder has no policy file",
              "put a *.yaml file into the folder"));
    }
    for (Path name : names) {
      readFile(root.resolve(name), folder.resolve(name), sources, problems);
    }
  }

  private static boolean isPolicyName(String name) {
    boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
    boolean test = name.endsWith("_test.yaml") || name.endsWith("_test.yml");
    return yaml && !test && !name.startsWith(".");
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
