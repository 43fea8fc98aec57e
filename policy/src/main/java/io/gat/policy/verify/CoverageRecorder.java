package io.gat.policy.verify;

import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.IssuanceRule;
import io.gat.policy.Policy;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import io.gat.policy.parse.Position;
import io.gat.policy.verify.Coverage.Aspect;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Watches which rules decide and how their conditions turn out, while tests run.
 *
 * <p>It stands between the decider and the policy, so the decider is the real one and need not know
 * that it is watched. Only for one run and one thread.
 */
final class CoverageRecorder {
  private static final Comparator<Coverage.Point> BY_PLACE =
      Comparator.comparing((Coverage.Point p) -> p.position().file())
          .thenComparingInt(p -> p.position().line())
          .thenComparingInt(p -> p.position().column());

  private final Map<Key, Position> points = new LinkedHashMap<>();
  private final Set<Key> seen = new HashSet<>();

  CoverageRecorder(List<RulePlaces.Place> places) {
    for (RulePlaces.Place place : places) {
      points.put(
          new Key(place.kind(), place.document(), place.rule(), Aspect.RULE), place.rulePosition());
      place.when().ifPresent(at -> condition(place.kind(), place.document(), place.rule(), at));
    }
  }

  /** Services and issuance documents have names of their own, so a name alone says too little. */
  private record Key(RulePlaces.Kind kind, String document, String rule, Aspect aspect) {}

  private void condition(RulePlaces.Kind kind, String document, String rule, Position at) {
    points.putIfAbsent(new Key(kind, document, rule, Aspect.CONDITION_TRUE), at);
    points.putIfAbsent(new Key(kind, document, rule, Aspect.CONDITION_FALSE), at);
  }

  private void see(String service, Rule rule, Aspect aspect) {
    seen.add(new Key(RulePlaces.Kind.SERVICE, service, rule.name(), aspect));
  }

  /** A rule has granted a token. */
  void granted(IssuanceRule rule) {
    seen.add(new Key(RulePlaces.Kind.ISSUANCE, rule.issuance(), rule.name(), Aspect.RULE));
  }

  /** The policy, watched. */
  Policy watching(Policy policy) {
    return new Watched(policy);
  }

  Coverage coverage() {
    return new Coverage(
        points.entrySet().stream()
            .map(
                e ->
                    new Coverage.Point(
                        e.getValue(),
                        e.getKey().document(),
                        e.getKey().rule(),
                        e.getKey().aspect(),
                        seen.contains(e.getKey())))
            .sorted(BY_PLACE)
            .toList());
  }

  private final class Watched implements Policy {
    private final Policy policy;

    Watched(Policy policy) {
      this.policy = Objects.requireNonNull(policy);
    }

    @Override
    public String hash() {
      return policy.hash();
    }

    @Override
    public Collection<Service> services() {
      return policy.services();
    }

    @Override
    public Optional<Service> service(String name) {
      return policy.service(name);
    }

    @Override
    public Selection select(AccessRequest request, String pin, Instant now) {
      return policy.select(request, pin, now);
    }

    @Override
    public Verdict judge(AccessRequest request, String pin, Instant now) {
      Verdict verdict = policy.judge(request, pin, now);
      return switch (verdict) {
        case Verdict.DeniedByRule denied -> {
          see(denied.service().name(), denied.rule(), Aspect.RULE);
          yield denied;
        }
        case Verdict.Open open -> {
          see(open.service().name(), open.rule(), Aspect.RULE);
          yield open;
        }
        case Verdict.Guarded guarded -> {
          see(guarded.service().name(), guarded.rule(), Aspect.RULE);
          yield watching(guarded);
        }
        case Verdict.Ambiguous ambiguous -> ambiguous;
        case Verdict.NoService none -> none;
        case Verdict.NoRule none -> none;
      };
    }

    private Verdict.Guarded watching(Verdict.Guarded guarded) {
      Rule.Effect.Guarded guard = guarded.guard();
      Optional<Condition> when = guard.when();
      if (when.isEmpty()) {
        return guarded;
      }
      String service = guarded.service().name();
      Position rule =
          points.get(new Key(RulePlaces.Kind.SERVICE, service, guarded.rule().name(), Aspect.RULE));
      if (rule != null) {
        // A condition that the file does not write as `when` has the place of its rule.
        condition(RulePlaces.Kind.SERVICE, service, guarded.rule().name(), rule);
      }
      Condition watched = new WatchedCondition(service, guarded.rule(), when.get());
      return new Verdict.Guarded(
          guarded.service(),
          guarded.rule(),
          new Rule.Effect.Guarded(
              guard.allScopes(), guard.anyScope(), guard.maxAge().orElse(null), watched),
          guarded.canonicalPath(),
          guarded.path());
    }
  }

  private final class WatchedCondition implements Condition {
    private final String service;
    private final Rule rule;
    private final Condition condition;

    WatchedCondition(String service, Rule rule, Condition condition) {
      this.service = service;
      this.rule = rule;
      this.condition = condition;
    }

    @Override
    public String source() {
      return condition.source();
    }

    @Override
    public boolean holds(Input input) {
      boolean holds = condition.holds(input);
      see(service, rule, holds ? Aspect.CONDITION_TRUE : Aspect.CONDITION_FALSE);
      return holds;
    }
  }
}
