package io.gat.policy.evaluate;

import io.gat.policy.Evidence;
import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRequest;
import io.gat.policy.IssuanceRule;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.IssuanceTrial;
import io.gat.policy.IssuanceVerdict;
import io.gat.policy.IssuanceVerdict.Granted;
import io.gat.policy.IssuanceVerdict.Refusal;
import io.gat.policy.IssuanceVerdict.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Says who may have which token. Nothing is granted that one rule alone does not grant: rules never
 * add up, so what a token can do is written in one place.
 *
 * <p>Of several rules that grant, the one counts that gives most: all of what was asked for before
 * a part, more scopes before fewer, a longer life before a shorter one, and then the first by
 * document and name. The order of rules and files never matters.
 *
 * <p>A rule counts for the principals for whom it is enforced. For the others it is in shadow: only
 * {@link #observe} tells what it would have given, beside the enforced rules.
 */
public final class IssuanceRules {
  private static final Comparator<Granted> BY_WORTH =
      Comparator.comparing((Granted g) -> !g.narrowed())
          .thenComparingInt(g -> g.scopes().size())
          .thenComparing(Granted::ttl);

  private final Map<String, List<IssuanceRule>> enforced;
  private final Map<String, List<IssuanceRule>> candidate;
  private final Duration standardTtl;
  private final Duration longestTtl;

  /**
   * Rules to judge by.
   *
   * @param standardTtl the life of a token whose asker names none and whose rule allows it, default
   *     60 s
   * @param longestTtl the issuer's own cap, whatever a rule says, default 15 min
   */
  public IssuanceRules(IssuancePolicy policy, Duration standardTtl, Duration longestTtl) {
    if (!standardTtl.isPositive() || longestTtl.compareTo(standardTtl) < 0) {
      throw new IllegalArgumentException("0 < standard life ≤ longest life");
    }
    this.standardTtl = standardTtl;
    this.longestTtl = longestTtl;
    this.enforced = byPrincipal(policy, IssuanceRule::isEnforcedFor);
    this.candidate = byPrincipal(policy, (rule, principal) -> true);
  }

  private static Map<String, List<IssuanceRule>> byPrincipal(
      IssuancePolicy policy, BiPredicate<IssuanceRule, String> counts) {
    Map<String, List<IssuanceRule>> map = new HashMap<>();
    for (IssuanceRule rule : policy.rules()) {
      for (String principal : rule.principals()) {
        if (counts.test(rule, principal)) {
          map.computeIfAbsent(principal, p -> new ArrayList<>(1)).add(rule);
        }
      }
    }
    map.replaceAll((principal, rules) -> List.copyOf(rules));
    return Map.copyOf(map);
  }

  /** Judges one request by what is enforced. */
  public IssuanceVerdict judge(IssuanceRequest request) {
    return judge(request, enforced.getOrDefault(request.principal(), List.of()));
  }

  /** Judges one request by what is enforced, and by what is in shadow as well. */
  public IssuanceTrial observe(IssuanceRequest request) {
    IssuanceVerdict answer = judge(request);
    List<IssuanceRule> all = candidate.getOrDefault(request.principal(), List.of());
    boolean nothingInShadow =
        all.size() == enforced.getOrDefault(request.principal(), List.of()).size();
    return new IssuanceTrial(answer, nothingInShadow ? answer : judge(request, all));
  }

  private IssuanceVerdict judge(IssuanceRequest request, List<IssuanceRule> own) {
    if (request.scopes().isEmpty()) {
      return new Refused(Refusal.NO_SCOPE);
    }
    if (own.isEmpty()) {
      return new Refused(Refusal.UNKNOWN_PRINCIPAL);
    }
    Granted best = null;
    Granted awaited = null;
    Refusal why = Refusal.WRONG_AUDIENCE;
    for (IssuanceRule rule : own) {
      if (!rule.audiences().contains(request.audience())) {
        continue;
      }
      switch (byRule(rule, request)) {
        case Granted granted -> best = better(best, granted);
        case Refused refused -> {
          why = why.compareTo(refused.why()) >= 0 ? why : refused.why();
          if (refused.ifApproved().isPresent()) {
            awaited = better(awaited, refused.ifApproved().get());
          }
        }
      }
    }
    return best == null ? new Refused(why, Optional.ofNullable(awaited)) : best;
  }

  private static Granted better(@Nullable Granted known, Granted other) {
    // The rules stand in the order of document and name, so the first of equals stays.
    return known == null || BY_WORTH.compare(other, known) > 0 ? other : known;
  }

  private IssuanceVerdict byRule(IssuanceRule rule, IssuanceRequest request) {
    IssuanceTerms terms = rule.terms();
    if (!terms.onBehalfOf().includes(request.subject())) {
      return new Refused(Refusal.SUBJECT_NOT_ALLOWED);
    }
    Set<String> scopes = new LinkedHashSet<>(request.scopes());
    boolean tooMany = scopes.retainAll(rule.scopes());
    Duration longest = shorter(rule.maxTtl().orElse(longestTtl), longestTtl);
    Duration asked = request.ttl();
    boolean tooLong = asked != null && asked.compareTo(longest) > 0;
    Duration ttl = shorter(asked == null ? standardTtl : asked, longest);
    boolean narrows = rule.overAsking() == IssuanceRule.OverAsking.NARROWED;
    if (scopes.isEmpty() || (tooMany && !narrows)) {
      return new Refused(Refusal.SCOPE_NOT_GRANTED);
    }
    if (tooLong && !narrows) {
      return new Refused(Refusal.TTL_TOO_LONG);
    }
    Optional<Map<String, String>> tags = tags(terms, request.tags());
    if (tags.isEmpty()) {
      return new Refused(Refusal.TAG_NOT_ALLOWED);
    }
    return required(
        new Granted(rule, scopes, ttl, tooMany || tooLong, tags.get()), request.evidence());
  }

  /** The rule's own tags and those asked for; empty where one of the latter may not be. */
  private static Optional<Map<String, String>> tags(
      IssuanceTerms terms, Map<String, String> asked) {
    Map<String, String> tags = new HashMap<>(terms.fixedTags());
    for (Map.Entry<String, String> tag : asked.entrySet()) {
      String fixed = tags.putIfAbsent(tag.getKey(), tag.getValue());
      boolean allowed =
          fixed == null
              ? terms.askedTags().getOrDefault(tag.getKey(), Set.of()).contains(tag.getValue())
              : fixed.equals(tag.getValue());
      if (!allowed) {
        return Optional.empty();
      }
    }
    return Optional.of(tags);
  }

  /** What a rule requires beside; last, so that nobody is asked for a yes that would not do. */
  private static IssuanceVerdict required(Granted granted, Evidence evidence) {
    IssuanceTerms terms = granted.rule().terms();
    if (terms.binding() == IssuanceTerms.Binding.CERTIFICATE
        && evidence.certificate() == Evidence.Connection.PLAIN) {
      return new Refused(Refusal.BINDING_NEEDED);
    }
    boolean attested =
        terms.attestation().stream()
            .allMatch(
                wanted -> evidence.attestations().stream().anyMatch(a -> satisfies(a, wanted)));
    if (!attested) {
      return new Refused(Refusal.ATTESTATION_NEEDED);
    }
    boolean approved =
        terms.approval().stream()
            .allMatch(
                wanted ->
                    evidence.approvals().stream()
                        .filter(a -> a.rule().isEmpty() || a.rule().equals(granted.rule().path()))
                        .anyMatch(a -> wanted.isOf(a.by())));
    return approved ? granted : new Refused(Refusal.APPROVAL_NEEDED, Optional.of(granted));
  }

  private static boolean satisfies(Evidence.Attested result, IssuanceTerms.Attestation wanted) {
    return result.verifier().equals(wanted.verifier())
        && result.age().compareTo(wanted.maxAge()) <= 0
        && wanted.claims().entrySet().stream()
            .allMatch(claim -> says(result.claims().get(claim.getKey()), claim.getValue()));
  }

  /** True where a claim is, or its list has, one of some texts. */
  private static boolean says(@Nullable Object claim, Set<String> texts) {
    return claim instanceof Collection<?> list
        ? list.stream().anyMatch(item -> item instanceof String text && texts.contains(text))
        : claim instanceof String text && texts.contains(text);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
