package io.gat.policy.verify;

import io.gat.policy.IssuanceVerdict;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.evaluate.IssuanceRules;
import java.time.Duration;
import java.util.List;

/** Runs the cases of test files against one compiled set. Only for one run and one thread. */
final class TestRunner {
  private static final Duration STANDARD_TTL = Duration.ofSeconds(60);
  private static final Duration LONGEST_TTL = Duration.ofMinutes(15);

  private final CallJudge judge;
  private final Policy policy;
  private final IssuanceRules issuance;
  private final CoverageRecorder recorder;

  TestRunner(CallJudge judge, PolicyCompiler.Compiled set, List<RulePlaces.Place> places) {
    this.judge = judge;
    this.recorder = new CoverageRecorder(places);
    this.policy = recorder.watching(set.policy());
    this.issuance = new IssuanceRules(set.issuance(), STANDARD_TTL, LONGEST_TTL);
  }

  TestReport run(List<TestSuite> suites) {
    List<SuiteResult> results =
        suites.stream()
            .map(
                suite ->
                    new SuiteResult(
                        suite.name(),
                        suite.position(),
                        suite.cases().stream().map(this::run).toList()))
            .toList();
    return new TestReport(results, recorder.coverage());
  }

  private CaseResult run(TestCase one) {
    return switch (one) {
      case TestCase.Call call -> {
        Answer answer = judge.judge(policy, call.call());
        yield new CaseResult(
            call.name(),
            call.position(),
            call.origin(),
            answer.described(),
            call.expect().against(answer));
      }
      case TestCase.Issuance asked -> {
        IssuanceVerdict verdict = issuance.judge(asked.request());
        if (verdict instanceof IssuanceVerdict.Granted granted) {
          recorder.granted(granted.rule());
        }
        yield new CaseResult(
            asked.name(),
            asked.position(),
            CaseResult.Origin.WRITTEN,
            IssuanceExpectation.described(verdict),
            asked.expect().against(verdict));
      }
    };
  }
}
