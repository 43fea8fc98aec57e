package io.gat.cli;

import io.gat.policy.parse.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Problems as workflow commands of GitHub Actions, which shows them in a pull request. */
final class GithubAnnotations {
  private GithubAnnotations() {}

  /** One line a problem, each with a line feed at its end. */
  static String text(List<Problem> problems) {
    return problems.stream().map(GithubAnnotations::line).collect(Collectors.joining());
  }

  private static String line(Problem problem) {
    String level =
        switch (problem.severity()) {
          case UNREADABLE, ERROR -> "error";
          case WARNING -> "warning";
        };
    String path = problem.path().isEmpty() ? "" : problem.path() + ": ";
    String remedy = problem.remedy().isEmpty() ? "" : "; " + problem.remedy();
    return "::"
        + level
        + " file="
        + property(problem.position().file())
        + ",line="
        + problem.position().line()
        + ",col="
        + problem.position().column()
        // Exclusive in gat, inclusive there.
        + ",endColumn="
        + (problem.endColumn() - 1)
        + ",title="
        + property(problem.id().id())
        + "::"
        + data(path + problem.message() + remedy)
        + "\n";
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
