package io.gat.policy.verify;

import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Problem;
import io.gat.policy.parse.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Runs the test files of a policy set. Safe to share between threads if its judge is. */
public final class PolicyTests {
  private final CallJudge judge;

  public PolicyTests(CallJudge judge) {
    this.judge = Objects.requireNonNull(judge);
  }

  /** A report, or why there is none; never both. */
  public sealed interface Result {
    /** All cases ran; they may have failed. */
    record Ran(TestReport report) implements Result {}

    /** At least one problem of a policy file or a test file. */
    record Unreadable(List<Problem> problems) implements Result {
      public Unreadable {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Compiles the set with the values of the default environment, and runs its tests. */
  public Result run(List<Source> policies, List<Source> tests) {
    return run(policies, tests, PolicyCompiler.DEFAULT_ENVIRONMENT);
  }

  /** Compiles the set with the values of an environment, and runs its tests. */
  public Result run(List<Source> policies, List<Source> tests, String environment) {
    return switch (PolicyCompiler.compile(policies, environment)) {
      case PolicyCompiler.Refused refused -> new Result.Unreadable(refused.problems());
      case PolicyCompiler.Compiled compiled -> run(compiled, policies, tests);
    };
  }

  /**
   * Runs the tests of a set that is compiled already.
   *
   * @param policies what it was compiled from
   */
  public Result run(PolicyCompiler.Compiled compiled, List<Source> policies, List<Source> tests) {
    TestFileReader reader = new TestFileReader(judge.reasons());
    List<TestSuite> suites = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Source test : tests) {
      switch (reader.read(test)) {
        case TestFileReader.Result.Suites good -> suites.addAll(good.suites());
        case TestFileReader.Result.Unreadable bad -> problems.addAll(bad.problems());
      }
    }
    if (!problems.isEmpty()) {
      return new Result.Unreadable(problems);
    }
    return new Result.Ran(new TestRunner(judge, compiled, RulePlaces.of(policies)).run(suites));
  }
}
