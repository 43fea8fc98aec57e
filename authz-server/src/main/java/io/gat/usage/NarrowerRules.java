package io.gat.usage;

import io.gat.policy.IssuancePolicy;
import io.gat.policy.IssuanceRule;
import io.gat.policy.Rollout;
import io.gat.policy.compile.PolicyCompiler;
import io.gat.policy.parse.Source;
import io.gat.usage.ScopeUse.Holder;
import io.gat.usage.ScopeUse.Report;
import io.gat.usage.ScopeUse.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Proposes issuance rules that grant what was used, and no more. */
public final class NarrowerRules {
  private NarrowerRules() {}

  /**
   * Rules in the place of those that grant more than was used, one document for each issuance
   * document. Rules that no principal has used are left out; so are principals.
   *
   * @param report of which {@link Report#knowsUse}
   * @return YAML documents that compile, by the name of their issuance
   */
  public static Map<String, String> propose(IssuancePolicy policy, Report report) {
    Map<String, List<IssuanceRule>> byDocument = new TreeMap<>();
    for (IssuanceRule rule : policy.rules()) {
      byDocument.computeIfAbsent(rule.issuance(), i -> new ArrayList<>()).add(rule);
    }
    Map<String, String> proposals = new LinkedHashMap<>();
    byDocument.forEach(
        (issuance, rules) -> {
          List<String> texts = new ArrayList<>();
          for (IssuanceRule rule : rules) {
            texts.addAll(narrowed(rule, report));
          }
          if (!texts.isEmpty()) {
            proposals.put(issuance, checked(issuance, texts));
          }
        });
    return proposals;
  }

  /** What principals have in common. */
  private record Part(Set<String> audiences, Set<String> scopes) {}

  private static List<String> narrowed(IssuanceRule rule, Report report) {
    Map<String, Map<String, Set<String>>> used = new TreeMap<>();
    report
        .holders()
        .forEach(
            (holder, use) -> {
              if (ScopeUse.isNamed(rule, holder.rule())
                  && rule.principals().contains(holder.principal())) {
                add(used, holder, use.used());
              }
            });
    Map<Part, Set<String>> parts = new LinkedHashMap<>();
    used.forEach(
        (principal, byAudience) -> {
          Map<Set<String>, Set<String>> audiences = new LinkedHashMap<>();
          byAudience.forEach(
              (audience, scopes) ->
                  audiences.computeIfAbsent(scopes, s -> new TreeSet<>()).add(audience));
          audiences.forEach(
              (scopes, names) ->
                  parts
                      .computeIfAbsent(new Part(names, scopes), p -> new TreeSet<>())
                      .add(principal));
        });
    if (parts.isEmpty()) {
      return List.of("  # " + rule.name() + ": nobody has used it; remove it\n");
    }
    if (parts.size() == 1 && isWhole(rule, parts)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    parts.forEach(
        (part, principals) -> {
          String name = texts.isEmpty() ? rule.name() : rule.name() + "-" + (texts.size() + 1);
          texts.add(text(name, rule, part, principals));
        });
    return texts;
  }

  private static void add(
      Map<String, Map<String, Set<String>>> used, Holder holder, Collection<Scope> scopes) {
    for (Scope scope : scopes) {
      used.computeIfAbsent(holder.principal(), p -> new TreeMap<>())
          .computeIfAbsent(scope.audience(), a -> new TreeSet<>())
          .add(scope.scope());
    }
  }

  private static boolean isWhole(IssuanceRule rule, Map<Part, Set<String>> parts) {
    Map.Entry<Part, Set<String>> only = parts.entrySet().iterator().next();
    return only.getKey().scopes().containsAll(rule.scopes())
        && only.getKey().audiences().containsAll(rule.audiences())
        && only.getValue().containsAll(rule.principals());
  }

  private static String text(
      String name, IssuanceRule rule, Part part, Collection<String> principals) {
    StringBuilder text = new StringBuilder();
    text.append("  - name: ").append(name).append('\n');
    text.append("    principals: ").append(TermsText.list(principals)).append('\n');
    text.append(TermsText.subjects(rule.terms().onBehalfOf()));
    text.append("    audiences: ").append(TermsText.list(part.audiences())).append('\n');
    text.append("    scopes: ").append(TermsText.list(part.scopes())).append('\n');
    rule.maxTtl()
        .ifPresent(ttl -> text.append("    max-ttl: ").append(TermsText.span(ttl)).append('\n'));
    if (rule.overAsking() == IssuanceRule.OverAsking.NARROWED) {
      text.append("    narrow: true\n");
    }
    text.append(TermsText.rest(rule.terms()));
    if (rule.rollout().equals(Rollout.NOBODY)) {
      text.append("    enforce: shadow\n");
    } else if (!rule.rollout().equals(Rollout.EVERYBODY)) {
      text.append("    rollout: ").append(rule.rollout()).append('\n');
    }
    return text.toString();
  }

  private static String checked(String issuance, List<String> rules) {
    String text = "version: gat/v1\nissuance: " + issuance + "\nrules:\n" + String.join("", rules);
    if (rules.stream().allMatch(r -> r.startsWith("  #"))) {
      return text; // comments alone: there is nothing to compile
    }
    return switch (PolicyCompiler.compile(List.of(new Source("proposal.yaml", text)))) {
      case PolicyCompiler.Compiled compiled -> text;
      case PolicyCompiler.Refused refused ->
          throw new IllegalStateException(
              "a proposal that does not compile: " + refused.problems().getFirst());
    };
  }
}
