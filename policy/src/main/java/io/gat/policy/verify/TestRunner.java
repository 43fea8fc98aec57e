package io.gat.policy.verify;

import io.gat.policy.IssuanceTrial;
import io.gat.policy.IssuanceVerdict;
import io.gat.policy.Policy;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.evaluate.IssuanceRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs the cases of test files against one compiled set. Only for one run and one thread. */
final class TestRunner {
  private static final Duration STANDARD_TTL = Duration.ofSeconds(60);
  private static final Duration LONGEST_TTL = Duration.ofMinutes(15);

  private final CallJudge judge;
  private final Policy policy;
  private final Optional<Policy> candidate;
  private final IssuanceRules issuance;
  private final CoverageRecorder recorder;

  TestRunner(CallJudge judge, PolicyCompiler.Compiled set, List<RulePlaces.Place> places) {
    this.judge = judge;
    this.recorder = new CoverageRecorder(places);
    this.policy = recorder.watching(set.policy());
    this.candidate = set.candidate().map(recorder::watchingShadow);
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
        // Where nothing is in shadow, the candidate is the policy itself.
        Answer trial = candidate.map(shadow -> judge.judge(shadow, call.call())).orElse(answer);
        List<Mismatch> mismatches = new ArrayList<>(call.expect().against(answer));
        mismatches.addAll(call.expect().againstShadow(trial));
        String told = answer.described();
        yield new CaseResult(
            call.name(),
            call.position(),
            call.origin(),
            trial.described().equals(told) ? told : told + "; in shadow: " + trial.described(),
            mismatches);
      }
      case TestCase.Issuance asked -> {
        IssuanceTrial trial = issuance.observe(asked.request());
        granted(trial.enforced());
        granted(trial.candidate());
        yield new CaseResult(
            asked.name(),
            asked.position(),
            CaseResult.Origin.WRITTEN,
            IssuanceExpectation.described(trial),
            asked.expect().against(trial));
      }
    };
  }

  private void granted(IssuanceVerdict verdict) {
    if (verdict instanceof IssuanceVerdict.Granted granted) {
      recorder.granted(granted.rule());
    }
  }
}
