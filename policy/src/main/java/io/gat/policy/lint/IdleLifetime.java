package io.gat.policy.lint;

import io.gat.policy.IssuanceRule;
import io.gat.policy.Rule;
import io.gat.policy.parse.ProblemId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds tokens that live longer than every rule that they open would take them. */
final class IdleLifetime implements Lint {
  @Override
  public void look(PolicySet set, Findings findings) {
    for (IssuanceDocument document : set.issuance()) {
      RulePlaces places = new RulePlaces(document.node());
      for (IssuanceRule rule : document.rules()) {
        Optional<Duration> longest = longestAge(set, rule);
        if (longest.isPresent()
            && rule.maxTtl().filter(t -> t.compareTo(longest.get()) > 0).isPresent()) {
          findings.add(
              ProblemId.IDLE_LIFETIME,
              places.value(rule.name(), "max-ttl"),
              "the token outlives every `max-age` of the rules that it opens; the longest is "
                  + words(longest.get()),
              "write `max-ttl: " + words(longest.get()) + "`, or less");
        }
      }
    }
  }

  /** The longest age at which a token opens a rule; empty where some rule takes any age. */
  private static Optional<Duration> longestAge(PolicySet set, IssuanceRule rule) {
    List<Rule.Effect.Guarded> opened =
        set.acceptorsOf(rule)
            .flatMap(ServiceDocument::guards)
            .filter(guard -> guard.isSatisfiedBy(rule.scopes()))
            .toList();
    boolean bounded = opened.stream().allMatch(guard -> guard.maxAge().isPresent());
    return bounded
        ? opened.stream().flatMap(g -> g.maxAge().stream()).max(Comparator.naturalOrder())
        : Optional.empty();
  }

  private static String words(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
