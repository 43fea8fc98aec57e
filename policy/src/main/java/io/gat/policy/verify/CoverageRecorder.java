package io.gat.policy.verify;

import io.gat.policy.AccessRequest;
import io.gat.policy.Condition;
import io.gat.policy.Enforcement;
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
      Subject subject =
          new Subject(place.kind(), place.document(), place.rule(), place.enforcement());
      points.put(new Key(subject, Aspect.RULE), place.rulePosition());
      place.when().ifPresent(at -> condition(subject, at));
    }
  }

  /**
   * A rule. Services and issuance documents have names of their own, and so have, in shadow,
   * services: a name alone says too little.
   */
  private record Subject(
      RulePlaces.Kind kind, String document, String rule, Enforcement enforcement) {}

  private record Key(Subject subject, Aspect aspect) {}

  private void condition(Subject subject, Position at) {
    points.putIfAbsent(new Key(subject, Aspect.CONDITION_TRUE), at);
    points.putIfAbsent(new Key(subject, Aspect.CONDITION_FALSE), at);
  }

  /** The rule by its place; what is in shadow by a value of its document is not written so. */
  private Subject subject(String service, Rule rule) {
    Subject exact = new Subject(RulePlaces.Kind.SERVICE, service, rule.name(), rule.enforcement());
    return points.containsKey(new Key(exact, Aspect.RULE))
        ? exact
        : new Subject(RulePlaces.Kind.SERVICE, service, rule.name(), Enforcement.ALWAYS);
  }

  private void see(Subject subject, Aspect aspect) {
    seen.add(new Key(subject, aspect));
  }

  /** A rule has granted a token, or would have, in shadow. */
  void granted(IssuanceRule rule) {
    for (Enforcement enforcement : Enforcement.values()) {
      see(
          new Subject(RulePlaces.Kind.ISSUANCE, rule.issuance(), rule.name(), enforcement),
          Aspect.RULE);
    }
  }

  /** The policy, watched. */
  Policy watching(Policy policy) {
    return new Watched(policy, Enforcement.ALWAYS);
  }

  /** The candidate, of which only what is in shadow is watched: the rest is the policy's. */
  Policy watchingShadow(Policy candidate) {
    return new Watched(candidate, Enforcement.SHADOW);
  }

  Coverage coverage() {
    return new Coverage(
        points.entrySet().stream()
            .map(
                e ->
                    new Coverage.Point(
                        e.getValue(),
                        e.getKey().subject().document(),
                        e.getKey().subject().rule(),
                        e.getKey().aspect(),
                        seen.contains(e.getKey())))
            .sorted(BY_PLACE)
            .toList());
  }

  private final class Watched implements Policy {
    private final Policy policy;
    private final Enforcement watched;

    Watched(Policy policy, Enforcement watched) {
      this.policy = Objects.requireNonNull(policy);
      this.watched = watched;
    }

    private void see(Service service, Rule rule) {
      if (rule.enforcement() == watched) {
        CoverageRecorder.this.see(subject(service.name(), rule), Aspect.RULE);
      }
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
          see(denied.service(), denied.rule());
          yield denied;
        }
        case Verdict.Open open -> {
          see(open.service(), open.rule());
          yield open;
        }
        case Verdict.Guarded guarded -> {
          see(guarded.service(), guarded.rule());
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
      if (when.isEmpty() || guarded.rule().enforcement() != watched) {
        return guarded;
      }
      Subject subject = subject(guarded.service().name(), guarded.rule());
      Position rule = points.get(new Key(subject, Aspect.RULE));
      if (rule != null) {
        // A condition that the file does not write as `when` has the place of its rule.
        condition(subject, rule);
      }
      Condition seen = new WatchedCondition(subject, when.get());
      return new Verdict.Guarded(
          guarded.service(),
          guarded.rule(),
          new Rule.Effect.Guarded(
              guard.allScopes(), guard.anyScope(), guard.maxAge().orElse(null), seen),
          guarded.canonicalPath(),
          guarded.path());
    }
  }

  private final class WatchedCondition implements Condition {
    private final Subject subject;
    private final Condition condition;

    WatchedCondition(Subject subject, Condition condition) {
      this.subject = subject;
      this.condition = condition;
    }

    @Override
    public String source() {
      return condition.source();
    }

    @Override
    public boolean holds(Input input) {
      boolean holds = condition.holds(input);
      see(subject, holds ? Aspect.CONDITION_TRUE : Aspect.CONDITION_FALSE);
      return holds;
    }
  }
}
