package io.gat.decide;

import io.gat.policy.Ambiguity;
import io.gat.token.VerifiedToken;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The answer to one check. */
public sealed interface Decision {
  Reason reason();

  Facts facts();

  /** The call may pass. Only {@link Decider} makes one, in one place. */
  final class Allow implements Decision {
    /** Nothing at all would mean no bound at all to Envoy. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Facts facts;
    private final @Nullable VerifiedToken token;

    Allow(Facts facts, @Nullable VerifiedToken token) {
      this.facts = Objects.requireNonNull(facts);
      this.token = token;
    }

    @Override
    public Reason reason() {
      return Reason.OK;
    }

    @Override
    public Facts facts() {
      return facts;
    }

    /**
     * How long the call may last: the rule's {@code max-stream}, but no longer than the token lives
     * (until {@code exp}, without leeway). In [1 ms, ∞); empty where the rule sets no bound.
     */
    public Optional<Duration> longestStream() {
      return facts
          .rule()
          .flatMap(rule -> rule.longLived().maxStream())
          .map(max -> token == null ? max : shorter(max, rest(token)))
          .map(max -> max.compareTo(SHORTEST) < 0 ? SHORTEST : max);
    }

    private Duration rest(VerifiedToken of) {
      return Duration.between(facts.at(), of.token().expiresAt());
    }

    private static Duration shorter(Duration a, Duration b) {
      return a.compareTo(b) <= 0 ? a : b;
    }

    /** The token that opened the way; empty for a public rule. */
    public Optional<VerifiedToken> token() {
      return Optional.ofNullable(token);
    }
  }

  /**
   * The call may not pass.
   *
   * @param detail what a caller may be told beyond the reason
   */
  record Deny(Reason reason, Facts facts, Detail detail) implements Decision {
    public Deny {
      Objects.requireNonNull(reason);
      Objects.requireNonNull(facts);
      Objects.requireNonNull(detail);
      if (reason == Reason.OK) {
        throw new IllegalArgumentException("a denial needs a reason");
      }
    }
  }

  /** gat has no answer; Envoy's own failure mode applies. */
  record Failed(Reason reason, Facts facts) implements Decision {
    public Failed {
      Objects.requireNonNull(reason);
      Objects.requireNonNull(facts);
      if (reason.status() != 503) {
        throw new IllegalArgumentException("not a reason for having no answer: " + reason);
      }
    }
  }

  /** What a caller may be told beyond the reason. */
  sealed interface Detail {
    record Nothing() implements Detail {}

    /** Which scopes the rule names, in the policy's order. */
    record Scopes(Set<String> needed) implements Detail {}

    /** What was unclear. */
    record Unclear(Ambiguity why) implements Detail {}
  }
}
