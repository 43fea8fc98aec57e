package io.gat.cli.replay;

import io.gat.policy.Ambiguity;
import io.gat.policy.CanonicalPath;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import io.gat.policy.evaluate.CompiledPolicy;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.Standing;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Where a call comes to in a policy set. */
sealed interface Spot {
  /** Its path or method is unclear by itself. */
  record Unclear(Ambiguity why) implements Spot {}

  /** No service is for it. */
  record Nowhere() implements Spot {}

  /** In a service. */
  record Inside(Service service, List<String> segments, Standing standing) implements Spot {
    public Inside {
      Objects.requireNonNull(service);
      segments = List.copyOf(segments);
      Objects.requireNonNull(standing);
    }

    /** The template that the call is told by, if any. */
    Optional<PathTemplate> template() {
      return standing.allowance().map(Standing.Placement::template).or(standing::owner);
    }
  }

  /**
   * Finds it.
   *
   * @param pin the service that was pinned; empty for none
   */
  static Spot find(CompiledPolicy policy, RecordedCall call, String pin) {
    return switch (policy.judge(call.request(), pin, call.record().time())) {
      case Verdict.Ambiguous ambiguous -> new Unclear(ambiguous.why());
      case Verdict.NoService none -> new Nowhere();
      case Verdict.Located located -> inside(policy, call, located.service());
    };
  }

  private static Spot inside(CompiledPolicy policy, RecordedCall call, Service service) {
    return switch (CanonicalPath.parse(call.request().rawPath(), service.paths())) {
      case CanonicalPath.Ambiguous ambiguous -> new Unclear(ambiguous.why());
      case CanonicalPath.Canonical path ->
          new Inside(
              service,
              path.segments(),
              policy
                  .rules(service.name())
                  .orElseThrow()
                  .standing(path.segments(), call.request().method()));
    };
  }
}
