package io.gat.policy.verify;

import io.gat.policy.compile.Problems;
import io.gat.policy.parse.Position;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.ProblemId;
import io.gat.policy.parse.Source;
import io.gat.policy.parse.YamlNode;
import io.gat.policy.parse.YamlReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Reads test files, and tells all that is wrong with one at once. */
final class TestFileReader {
  /** So many cases a file may have, those of tables included. */
  static final int MOST_CASES = 10_000;

  private final Collection<String> reasons;

  /**
   * A reader.
   *
   * @param reasons every reason that a test may expect
   */
  TestFileReader(Collection<String> reasons) {
    this.reasons = List.copyOf(reasons);
  }

  /** The suites of a file, or what is wrong with it; never both. */
  sealed interface Result {
    /** One suite a document, at least one. */
    record Suites(List<TestSuite> suites) implements Result {
      public Suites {
        suites = List.copyOf(suites);
      }
    }

    /** At least one problem, in the order of the text. */
    record Unreadable(List<Problem> problems) implements Result {
      public Unreadable {
        problems = List.copyOf(problems);
      }
    }
  }

  Result read(Source source) {
    return switch (YamlReader.read(source.file(), source.text())) {
      case YamlReader.Result.Unreadable bad -> new Result.Unreadable(bad.problems());
      case YamlReader.Result.Documents good -> read(source.file(), good.documents());
    };
  }

  Result read(String file, List<YamlNode> documents) {
    Problems problems = new Problems();
    List<TestSuite> suites = new ArrayList<>();
    Position start = new Position(file, 1, 1);
    int cases = 0;
    for (YamlNode document : documents) {
      if (cases > MOST_CASES) {
        break;
      }
      if (document instanceof YamlNode.Mapping mapping) {
        TestSuite suite = new DocumentReader(reasons, problems).read(mapping);
        suites.add(suite);
        cases += suite.cases().size();
      } else {
        problems.add(
            ProblemId.WRONG_TYPE,
            document,
            "a document must be a mapping, not " + document.described(),
            "start with `version: gat/v1` and `tests: NAME`");
      }
    }
    if (documents.isEmpty()) {
      problems.add(
          ProblemId.NO_DOCUMENT,
          start,
          "",
          "there is no document in it",
          "add one with `version: gat/v1` and `tests: NAME`");
    }
    if (cases > MOST_CASES) {
      problems.add(
          ProblemId.TOO_LARGE,
          start,
          "",
          "the file has more than " + MOST_CASES + " cases",
          "split it");
    }
    // What several fixtures are like is read several times.
    return problems.count() == 0
        ? new Result.Suites(suites)
        : new Result.Unreadable(problems.sorted().stream().distinct().toList());
  }
}
