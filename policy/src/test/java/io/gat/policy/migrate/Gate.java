package io.gat.policy.migrate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Tokens;
import io.gat.policy.Verdict;
import io.gat.policy.compile.Policies;
import java.time.Instant;
import java.util.Optional;

/** What a policy says to a call, after all checks of the token that a policy can ask for. */
record Gate(Policy policy) {
  static Gate of(String text) {
    return new Gate(Policies.compiled(text).policy());
  }

  /** True where the call passes the service of this name. */
  boolean allows(String service, AccessRequest request, Optional<Tokens> token) {
    return switch (policy.judge(request, service, java.time.Instant.EPOCH)) {
      case Verdict.Open open -> true;
      case Verdict.Guarded guarded -> token.isPresent() && passes(guarded, request, token.get());
      case Verdict.Ambiguous ambiguous -> false;
      case Verdict.NoService none -> false;
      case Verdict.NoRule none -> false;
      case Verdict.DeniedByRule denied -> false;
    };
  }

  private static boolean passes(Verdict.Guarded guarded, AccessRequest request, Tokens token) {
    Service service = guarded.service();
    Rule.Effect.Guarded guard = guarded.guard();
    Condition.Input input =
        new Condition.Input(token, request, guarded.canonicalPath(), guarded.path(), Instant.EPOCH);
    return service.audiences().stream().anyMatch(token.audiences()::contains)
        && token.scopes().containsAll(guard.allScopes())
        && (guard.anyScope().isEmpty()
            || guard.anyScope().stream().anyMatch(token.scopes()::contains))
        && guard.when().map(when -> when.holds(input)).orElse(true);
  }
}
