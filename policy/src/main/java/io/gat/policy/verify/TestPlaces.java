package io.gat.policy.verify;

import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds tests. A test belongs to the set of all policy files in its own folder.
 *
 * <ul>
 *   <li>Of a folder: its {@code *_test.yaml}, and those of every folder below it. Names that start
 *       with a dot are skipped.
 *   <li>Of a test file: itself.
 *   <li>Of a policy file {@code x.yaml}: {@code x_test.yaml} beside it. The set is the one file.
 * </ul>
 */
public final class TestPlaces {
  private static final int DEEPEST = 16;

  private TestPlaces() {}

  /** A policy set with tests of it; at least one of both. */
  public record TestSet(List<Source> policies, List<Source> tests) {
    public TestSet {
      policies = List.copyOf(policies);
      tests = List.copyOf(tests);
    }
  }

  /** Sets in the order of the paths, or what is wrong; never both. */
  public sealed interface Result {
    record Found(List<TestSet> sets) implements Result {
      public Found {
        sets = List.copyOf(sets);
      }
    }

    /** At least one problem. */
    record Nothing(List<Problem> problems) implements Result {
      public Nothing {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Finds the tests of these paths; a path without any is a problem. */
  public static Result find(List<Path> paths) {
    Search search = new Search();
    paths.forEach(search::add);
    return search.problems.isEmpty()
        ? new Result.Found(List.copyOf(search.sets.values()))
        : new Result.Nothing(search.problems.stream().distinct().toList());
  }

  private static final class Search {
    /** By folder or file, so that no test runs twice. */
    private final Map<Path, TestSet> sets = new LinkedHashMap<>();

    private final List<Problem> problems = new ArrayList<>();

    void add(Path path) {
      if (Files.isDirectory(path)) {
        folders(path);
      } else if (PolicyFiles.isTestName(path) && Files.exists(path)) {
        Path parent = path.getParent();
        Path folder = parent == null ? Path.of("") : parent;
        put(folder, PolicyFiles.read(folder), PolicyFiles.read(path));
      } else {
        beside(path);
      }
    }

    private void folders(Path path) {
      int before = problems.size();
      boolean any = false;
      try (Stream<Path> below =
          Files.find(path, DEEPEST, (p, a) -> a.isDirectory() && isVisible(path, p))) {
        for (Path folder : below.sorted().toList()) {
          PolicyFiles.WithTests read = PolicyFiles.readWithTests(folder);
          boolean tested =
              !(read.tests() instanceof PolicyFiles.Result.Sources s && s.sources().isEmpty());
          if (tested) {
            put(folder, read.policy(), read.tests());
            any = true;
          }
        }
      } catch (IOException | UncheckedIOException e) {
        problem(
            ProblemId.UNREADABLE_FILE, path, "the folder cannot be read", "check its permissions");
      }
      if (!any && problems.size() == before) {
        problem(
            ProblemId.NO_POLICY_FILE,
            path,
            "there is no *_test.yaml in it or below",
            "write one beside the policy; policy/README.md says how");
      }
    }

    private static boolean isVisible(Path root, Path folder) {
      for (Path name : root.relativize(folder)) {
        if (name.toString().startsWith(".")) {
          return false;
        }
      }
      return true;
    }

    private void beside(Path path) {
      String name = String.valueOf(path.getFileName());
      Path test = path.resolveSibling(name.replaceFirst("\\.(ya?ml)$", "_test.$1"));
      if (Files.exists(path) && !Files.exists(test)) {
        problem(
            ProblemId.NO_POLICY_FILE,
            path,
            "there is no " + test.getFileName() + " beside it",
            "write one, or name the folder");
      } else {
        put(path, PolicyFiles.read(path), PolicyFiles.read(Files.exists(path) ? test : path));
      }
    }

    private void put(Path key, PolicyFiles.Result policies, PolicyFiles.Result tests) {
      if (policies instanceof PolicyFiles.Result.Unreadable bad) {
        problems.addAll(bad.problems());
      }
      if (tests instanceof PolicyFiles.Result.Unreadable bad) {
        problems.addAll(bad.problems());
      }
      if (policies instanceof PolicyFiles.Result.Sources p
          && tests instanceof PolicyFiles.Result.Sources t) {
        sets.merge(
            key.toAbsolutePath().normalize(), new TestSet(p.sources(), t.sources()), Search::both);
      }
    }

    /** The same set was named twice, with other tests or the same. */
    private static TestSet both(TestSet first, TestSet second) {
      Map<String, Source> tests = new LinkedHashMap<>();
      Stream.concat(first.tests().stream(), second.tests().stream())
          .forEach(t -> tests.putIfAbsent(t.file(), t));
      return new TestSet(
          first.policies(), new TreeSet<>(tests.keySet()).stream().map(tests::get).toList());
    }

    private void problem(ProblemId id, Path path, String message, String remedy) {
      problems.add(new Problem(id, new Position(path.toString(), 1, 1), "", message, remedy));
    }
  }
}
