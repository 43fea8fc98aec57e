package io.gat.policy.compile;

import io.gat.policy.parse.Excerpt;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Severity;
import io.gat.policy.parse.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Says everything about policy files that can be said without a call. */
public final class PolicyCheck {
  private PolicyCheck() {}

  /**
   * What there is to say.
   *
   * @param problems of every severity: what cannot be read first, then by file and line
   * @param sources the texts that could be read
   * @param compiled the set, where nothing is wrong with it
   */
  public record Report(
      List<Problem> problems, List<Source> sources, Optional<PolicyCompiler.Compiled> compiled) {
    public Report {
      problems = List.copyOf(problems);
      sources = List.copyOf(sources);
      Objects.requireNonNull(compiled);
    }

    /** The problems of one severity. */
    public List<Problem> of(Severity severity) {
      return problems.stream().filter(p -> p.severity() == severity).toList();
    }

    /** A problem with the line where it is, for people; lines with a line feed each. */
    public String excerpt(Problem problem) {
      return sources.stream()
          .filter(source -> source.file().equals(problem.position().file()))
          .findFirst()
          .map(source -> Excerpt.of(problem, source))
          .orElseGet(() -> Excerpt.of(problem));
    }
  }

  /**
   * Checks files and folders, all of them as one set. Where some cannot be read, the errors of the
   * others are told too, but not their warnings: what is missing could be what they ask for.
   */
  public static Report of(List<Path> paths) {
    return of(paths, PolicyCompiler.DEFAULT_ENVIRONMENT);
  }

  /** Checks them with the values of an environment. */
  public static Report of(List<Path> paths, String environment) {
    List<Source> sources = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Path path : paths) {
      switch (PolicyFiles.read(path)) {
        case PolicyFiles.Result.Sources good -> sources.addAll(good.sources());
        case PolicyFiles.Result.Unreadable bad -> problems.addAll(bad.problems());
      }
    }
    List<Source> distinct = sources.stream().distinct().toList();
    if (distinct.isEmpty()) {
      return new Report(problems, distinct, Optional.empty());
    }
    return switch (PolicyCompiler.compile(distinct, environment)) {
      case PolicyCompiler.Compiled compiled when problems.isEmpty() ->
          new Report(compiled.warnings(), distinct, Optional.of(compiled));
      case PolicyCompiler.Compiled partial -> new Report(problems, distinct, Optional.empty());
      case PolicyCompiler.Refused refused -> {
        List<Problem> unreadable = new ArrayList<>(problems);
        List<Problem> others = new ArrayList<>(problems.isEmpty() ? refused.warnings() : List.of());
        for (Problem problem : refused.problems()) {
          (problem.severity() == Severity.UNREADABLE ? unreadable : others).add(problem);
        }
        others.sort(Problems.BY_PLACE);
        unreadable.addAll(others);
        yield new Report(unreadable, distinct, Optional.empty());
      }
    };
  }
}
