package io.gat.server.verify;

import io.gat.extauthz.CheckRequestMapper;
import io.gat.policy.AccessRequest;
import io.gat.policy.Circumstance;
import io.gat.policy.Condition;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import io.gat.policy.verify.Answer;
import io.gat.policy.verify.CallJudge;
import io.gat.policy.verify.TestCall;
import io.gat.policy.verify.TestCaller;
import io.gat.policy.verify.TestRequest;
import io.gat.policy.verify.TestToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A judge that answers the same question once: a call is decided by its policy's verdict and by
 * nothing else of the policy, and most changes of a policy leave most verdicts as they were. Of an
 * answer that is remembered, only the policy's hash in the metadata may be another's.
 */
final class RememberingJudge implements CallJudge {
  private final CallJudge judge;
  private final CheckRequestMapper mapper = new CheckRequestMapper();
  private final Map<Sent, AccessRequest> requests = new ConcurrentHashMap<>();
  private final Map<Question, Answer> answers = new ConcurrentHashMap<>();

  RememberingJudge(CallJudge judge) {
    this.judge = judge;
  }

  private record Sent(TestRequest request, TestCaller caller) {}

  private record Question(Instant now, Sent sent, Optional<TestToken> token, Ruling ruling) {}

  /** What a verdict says, so that equal ones are equal; the rule and the guard of some are none. */
  private record Ruling(
      Class<?> kind,
      Optional<Service> service,
      String rule,
      List<Circumstance> circumstances,
      Optional<Guard> guard) {}

  private record Guard(
      List<String> allScopes,
      List<String> anyScope,
      Optional<Duration> maxAge,
      Optional<String> when,
      Map<String, String> path) {}

  @Override
  public Collection<String> reasons() {
    return judge.reasons();
  }

  @Override
  public Answer judge(Policy policy, TestCall call) {
    Sent sent = new Sent(call.request(), call.caller());
    AccessRequest request =
        requests.computeIfAbsent(sent, s -> mapper.map(TestMessages.request(call)));
    Verdict verdict = policy.judge(request, call.pin(), call.now());
    return answers.computeIfAbsent(
        new Question(call.now(), sent, call.token(), ruling(verdict)),
        question -> judge.judge(policy, call));
  }

  private static Ruling ruling(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Ambiguous ambiguous -> nowhere(verdict);
      case Verdict.NoService none -> nowhere(verdict);
      case Verdict.NoRule none -> in(none, Optional.empty(), Optional.empty());
      case Verdict.DeniedByRule denied -> in(denied, Optional.of(denied.rule()), Optional.empty());
      case Verdict.Open open -> in(open, Optional.of(open.rule()), Optional.empty());
      case Verdict.Guarded guarded ->
          in(guarded, Optional.of(guarded.rule()), Optional.of(guard(guarded)));
    };
  }

  private static Ruling nowhere(Verdict verdict) {
    return new Ruling(verdict.getClass(), Optional.empty(), "", List.of(), Optional.empty());
  }

  private static Ruling in(Verdict.Located verdict, Optional<Rule> rule, Optional<Guard> guard) {
    return new Ruling(
        verdict.getClass(),
        Optional.of(verdict.service()),
        rule.map(Rule::name).orElse(""),
        rule.map(Rule::circumstances).orElse(List.of()),
        guard);
  }

  private static Guard guard(Verdict.Guarded guarded) {
    Rule.Effect.Guarded guard = guarded.guard();
    return new Guard(
        ordered(guard.allScopes()),
        ordered(guard.anyScope()),
        guard.maxAge(),
        guard.when().map(Condition::source),
        guarded.path());
  }

  /** Their order shows in a challenge. */
  private static List<String> ordered(Set<String> scopes) {
    return List.copyOf(scopes);
  }
}
