package io.gat.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One compiled rule of a service.
 *
 * @param name its name, unique in its service
 * @param methods the methods it names; empty means any
 * @param paths its path templates as written, for explanations; matching is {@link Policy}'s work
 * @param effect what it does to a call that it matches
 * @param circumstances what else it asks of the call; all of them count
 * @param longLived how it takes WebSockets and streams; a deny rule takes none
 * @param enforcement whether it counts; {@link Enforcement#SHADOW} also for every rule of a service
 *     that is in shadow
 */
public record Rule(
    String name,
    Set<String> methods,
    List<String> paths,
    Effect effect,
    List<Circumstance> circumstances,
    LongLived longLived,
    Enforcement enforcement) {
  public Rule {
    Objects.requireNonNull(name);
    methods = Set.copyOf(methods);
    paths = List.copyOf(paths);
    Objects.requireNonNull(effect);
    circumstances = List.copyOf(circumstances);
    Objects.requireNonNull(longLived);
    Objects.requireNonNull(enforcement);
  }

  /** A rule that asks of a call no more than its path and its method. */
  public Rule(String name, Set<String> methods, List<String> paths, Effect effect) {
    this(name, methods, paths, effect, List.of(), LongLived.plain(), Enforcement.ALWAYS);
  }

  /** True where the rule names this method or none at all. */
  public boolean covers(String method) {
    return methods.isEmpty() || methods.contains(method);
  }

  /**
   * True where the circumstances are as the rule asks, and the call asks for no upgrade that the
   * rule does not take.
   *
   * <p>What is unclear never helps the caller: a guarded or public rule applies where all of them
   * clearly hold, and a deny rule unless one of them clearly does not.
   */
  public boolean applies(AccessRequest request, Instant now) {
    boolean closed = effect instanceof Effect.Closed;
    if (!closed && refusesUpgradeOf(request)) {
      return false;
    }
    for (int i = 0; i < circumstances.size(); i++) {
      boolean goesOn =
          switch (circumstances.get(i).judge(request, now)) {
            case YES -> true;
            case UNCLEAR -> closed;
            case NO -> false;
          };
      if (!goesOn) {
        return false;
      }
    }
    return true;
  }

  private boolean refusesUpgradeOf(AccessRequest request) {
    return longLived.upgrade() == LongLived.Upgrade.REFUSED && request.isUpgrade();
  }

  /** What a rule does to a call that it matches. */
  public sealed interface Effect {
    /**
     * {@code public: true}: anybody may, without a token. It may ask for circumstances, such as the
     * namespace of a scraper that has no token; where they fail, the answer is condition_false.
     */
    record Open() implements Effect {}

    /**
     * {@code deny: true}: nobody may, whatever other rules say. It may ask for circumstances too:
     * where they fail it does not count, and the call goes to the other rules of the template that
     * owns its path. That template may still be the deny rule's own, which then lends the path to
     * no broader one.
     */
    record Closed() implements Effect {}

    /** Whoever has a token that fulfils this. */
    final class Guarded implements Effect {
      private final Set<String> allScopes;
      private final Set<String> anyScope;
      private final @Nullable Duration maxAge;
      private final @Nullable Condition when;

      public Guarded(
          Set<String> allScopes,
          Set<String> anyScope,
          @Nullable Duration maxAge,
          @Nullable Condition when) {
        this.allScopes = Collections.unmodifiableSet(new LinkedHashSet<>(allScopes));
        this.anyScope = Collections.unmodifiableSet(new LinkedHashSet<>(anyScope));
        this.maxAge = maxAge;
        this.when = when;
      }

      /** The same, and these scopes as well. */
      public Guarded asking(Set<String> more) {
        Set<String> all = new LinkedHashSet<>(allScopes);
        all.addAll(more);
        return new Guarded(all, anyScope, maxAge, when);
      }

      /** The scopes of which the token must have all, in the policy's order. */
      public Set<String> allScopes() {
        return allScopes;
      }

      /** The scopes of which the token must have one; empty where the rule asks for none. */
      public Set<String> anyScope() {
        return anyScope;
      }

      /** The token's greatest age since {@code iat}, without leeway. */
      public Optional<Duration> maxAge() {
        return Optional.ofNullable(maxAge);
      }

      public Optional<Condition> when() {
        return Optional.ofNullable(when);
      }

      /** Every scope that the rule names, in the policy's order: what a challenge asks for. */
      public Set<String> neededScopes() {
        if (anyScope.isEmpty()) {
          return allScopes;
        }
        Set<String> needed = new LinkedHashSet<>(allScopes);
        needed.addAll(anyScope);
        return needed;
      }

      /** True where a token with these scopes has enough of them. */
      public boolean isSatisfiedBy(Set<String> scopes) {
        if (!scopes.containsAll(allScopes)) {
          return false;
        }
        if (anyScope.isEmpty()) {
          return true;
        }
        for (String one : anyScope) {
          if (scopes.contains(one)) {
            return true;
          }
        }
        return false;
      }
    }
  }
}
