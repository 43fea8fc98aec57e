package io.gat.server;

import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.PolicyFiles;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import io.gat.policy.verify.PolicyTests;
import io.gat.policy.verify.TestReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Makes a set of texts into one that may run: it compiles, its folder's tests pass, and nothing
 * else speaks against it.
 */
final class PolicyLoader {
  private static final Logger LOG = System.getLogger(PolicyLoader.class.getName());

  /** So many differences are told one by one. */
  private static final int MOST_TOLD = 20;

  private final String name;
  private final String environment;
  private final Function<PolicyCompiler.Compiled, List<String>> objections;
  private final PolicyTests tests;

  /**
   * A loader.
   *
   * @param name the place of the set, as messages name it
   * @param environment whose values the files take
   * @param objections what else speaks against a set that compiles; empty for nothing
   * @param tests runs the tests of a folder that has some
   */
  PolicyLoader(
      String name,
      String environment,
      Function<PolicyCompiler.Compiled, List<String>> objections,
      PolicyTests tests) {
    this.name = name;
    this.environment = environment;
    this.objections = objections;
    this.tests = tests;
  }

  /** A set that may run, or every problem of the texts, one a line. */
  sealed interface Loaded {
    record Good(PolicyCompiler.Compiled set) implements Loaded {}

    record Bad(List<String> problems) implements Loaded {
      public Bad {
        problems = List.copyOf(problems);
      }
    }
  }

  Loaded load(PolicyFiles.WithTests texts) {
    return switch (texts.policy()) {
      case PolicyFiles.Result.Unreadable bad -> new Loaded.Bad(lines(bad.problems()));
      case PolicyFiles.Result.Sources read ->
          switch (PolicyCompiler.compile(read.sources(), environment)) {
            case PolicyCompiler.Refused refused -> new Loaded.Bad(lines(refused.problems()));
            case PolicyCompiler.Compiled set -> judged(set, read.sources(), texts.tests());
          };
    };
  }

  private Loaded judged(
      PolicyCompiler.Compiled set, List<Source> sources, PolicyFiles.Result written) {
    List<String> against = new ArrayList<>(objections.apply(set));
    against.addAll(tested(set, sources, written));
    if (!against.isEmpty()) {
      return new Loaded.Bad(against);
    }
    set.warnings().forEach(w -> LOG.log(Level.WARNING, "{0}", w));
    LOG.log(
        Level.INFO,
        "policy {0}: {1} services, {2} rules in shadow, hash {3}",
        name,
        set.policy().services().size(),
        set.rulesInShadow(),
        set.policy().hash());
    return new Loaded.Good(set);
  }

  /** What the folder's tests say against the set; nothing where there are none. */
  private List<String> tested(
      PolicyCompiler.Compiled set, List<Source> sources, PolicyFiles.Result written) {
    return switch (written) {
      case PolicyFiles.Result.Unreadable bad -> lines(bad.problems());
      case PolicyFiles.Result.Sources none when none.sources().isEmpty() -> List.of();
      case PolicyFiles.Result.Sources some ->
          switch (tests.run(set, sources, some.sources())) {
            case PolicyTests.Result.Unreadable bad -> lines(bad.problems());
            case PolicyTests.Result.Ran ran -> failures(ran.report());
          };
    };
  }

  private List<String> failures(TestReport report) {
    List<String> failures = report.failures();
    if (failures.isEmpty()) {
      LOG.log(Level.INFO, "policy {0}: all {1} tests passed", name, report.cases());
      return List.of();
    }
    List<String> told = new ArrayList<>(failures.subList(0, Math.min(MOST_TOLD, failures.size())));
    told.add(
        name
            + ": "
            + report.failed()
            + " of "
            + report.cases()
            + " policy tests fail; `gat policy test "
            + name
            + "` shows all of them");
    return told;
  }

  private static List<String> lines(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }
}
