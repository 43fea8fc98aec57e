package io.gat.policy.verify.diff;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.policy.IssuanceTerms;
import io.gat.policy.OnBehalfOf;
import io.gat.policy.SubjectPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds who may have other tokens than before, by the rules that are enforced for them. */
final class TokenChanges {
  private TokenChanges() {}

  private record Asker(String principal, String audience) implements Comparable<Asker> {
    @Override
    public int compareTo(Asker other) {
      int first = principal.compareTo(other.principal);
      return first != 0 ? first : audience.compareTo(other.audience);
    }
  }

  static List<Change> between(IssuancePolicy before, IssuancePolicy after) {
    Map<Asker, List<IssuanceRule>> old = grants(before);
    Map<Asker, List<IssuanceRule>> now = grants(after);
    Set<Asker> askers = new TreeSet<>(old.keySet());
    askers.addAll(now.keySet());
    List<Change> changes = new ArrayList<>();
    for (Asker asker : askers) {
      List<IssuanceRule> was = old.getOrDefault(asker, List.of());
      List<IssuanceRule> is = now.getOrDefault(asker, List.of());
      Relation relation = Relation.of(areWithin(was, is), areWithin(is, was));
      if (relation != Relation.SAME) {
        Difference tokens = new Difference("tokens", relation, words(was), words(is));
        changes.add(
            new Change.OfTokens(
                kind(was, is, relation), asker.principal, asker.audience, List.of(tokens)));
      }
    }
    return changes;
  }

  private static Change.Kind kind(
      List<IssuanceRule> was, List<IssuanceRule> is, Relation relation) {
    if (was.isEmpty()) {
      return Change.Kind.OPENED;
    }
    return is.isEmpty() ? Change.Kind.CLOSED : Change.Kind.of(relation);
  }

  private static Map<Asker, List<IssuanceRule>> grants(IssuancePolicy policy) {
    Map<Asker, List<IssuanceRule>> grants = new TreeMap<>();
    for (IssuanceRule rule : policy.rules()) {
      for (String principal : rule.principals().stream().filter(rule::isEnforcedFor).toList()) {
        for (String audience : rule.audiences()) {
          grants.computeIfAbsent(new Asker(principal, audience), a -> new ArrayList<>()).add(rule);
        }
      }
    }
    return grants;
  }

  /** True where each of some rules gives no more than one of others. */
  private static boolean areWithin(List<IssuanceRule> some, List<IssuanceRule> others) {
    return some.stream().allMatch(s -> others.stream().anyMatch(o -> isWithin(s, o)));
  }

  private static boolean isWithin(IssuanceRule one, IssuanceRule other) {
    return other.scopes().containsAll(one.scopes())
        && isAtMost(one.maxTtl(), other.maxTtl())
        && one.terms().isWithin(other.terms())
        && (one.overAsking() == other.overAsking()
            || other.overAsking() == IssuanceRule.OverAsking.NARROWED);
  }

  private static boolean isAtMost(Optional<Duration> one, Optional<Duration> other) {
    return other.isEmpty() || (one.isPresent() && one.get().compareTo(other.get()) <= 0);
  }

  private static String words(List<IssuanceRule> rules) {
    return rules.isEmpty()
        ? "none"
        : rules.stream().map(TokenChanges::words).sorted().collect(Collectors.joining("; "));
  }

  private static String words(IssuanceRule rule) {
    String scopes =
        rule.scopes().isEmpty() ? "no scope" : String.join(" ", new TreeSet<>(rule.scopes()));
    return scopes
        + rule.maxTtl().map(ttl -> ", at most " + ttl.toSeconds() + "s").orElse("")
        + switch (rule.overAsking()) {
          case REFUSED -> "";
          case NARROWED -> ", narrowed";
        }
        + words(rule.terms());
  }

  private static String words(IssuanceTerms terms) {
    StringBuilder words = new StringBuilder();
    OnBehalfOf subject = terms.onBehalfOf();
    if (!subject.audiences().isEmpty()) {
      words.append(", for holders of ").append(sorted(subject.audiences()));
      words.append(" tokens with ").append(sorted(subject.scopes()));
    }
    if (!subject.subjects().isEmpty()) {
      words.append(", for ");
      words.append(sorted(subject.subjects().stream().map(SubjectPattern::text).toList()));
    }
    words.append(terms.binding() == IssuanceTerms.Binding.CERTIFICATE ? ", bound" : "");
    new TreeMap<>(terms.fixedTags())
        .forEach((name, value) -> words.append(", tag ").append(name).append('=').append(value));
    new TreeMap<>(terms.askedTags())
        .forEach(
            (name, values) ->
                words.append(", tag ").append(name).append(" of ").append(sorted(values)));
    if (!terms.claims().isEmpty()) {
      words.append(", claims ").append(sorted(terms.claims()));
    }
    terms.attestation().ifPresent(a -> words.append(attested(a)));
    terms
        .approval()
        .ifPresent(
            a ->
                words
                    .append(", approved for ")
                    .append(a.longest().toSeconds())
                    .append("s by ")
                    .append(a.by().isEmpty() ? "an operator" : sorted(a.by())));
    return words.toString();
  }

  private static String attested(IssuanceTerms.Attestation wanted) {
    return ", attested by "
        + wanted.verifier()
        + new TreeMap<>(wanted.claims())
            .entrySet().stream()
                .map(e -> " " + e.getKey() + "=" + String.join("|", new TreeSet<>(e.getValue())))
                .collect(Collectors.joining())
        + " within "
        + wanted.maxAge().toSeconds()
        + "s";
  }

  private static String sorted(Collection<String> texts) {
    return String.join(" ", new TreeSet<>(texts));
  }
}
