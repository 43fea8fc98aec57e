package io.gat.policy.evaluate;

import io.gat.policy.CanonicalPath;
import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of one service, ready to be asked; immutable once built. */
public final class RuleSet {
  private final Service service;
  private final PathTrie<Owned> owners;
  private final PathTrie<Owned> denials;

  private RuleSet(Service service, PathTrie<Owned> owners, PathTrie<Owned> denials) {
    this.service = service;
    this.owners = owners;
    this.denials = denials;
  }

  /** A template's shape with the rules that name it; each keeps its own names of the variables. */
  private static final class Owned {
    private final List<Bound> rules = new ArrayList<>(1);

    Optional<Bound> covering(String method) {
      for (Bound bound : rules) {
        if (bound.rule.covers(method)) {
          return Optional.of(bound);
        }
      }
      return Optional.empty();
    }
  }

  private record Bound(Rule rule, Template template) {}

  /** Collects rules. */
  public static final class Builder {
    private final Service service;
    private final PathTrie.Builder<Owned> owners;
    private final PathTrie.Builder<Owned> denials;

    public Builder(Service service) {
      this.service = service;
      this.owners = new PathTrie.Builder<>(service.caseSensitivity());
      this.denials = new PathTrie.Builder<>(service.caseSensitivity());
    }

    /**
     * Adds a rule under one of its templates.
     *
     * @return a rule with the same shape of template and a common method, of which nobody could say
     *     which one counts; empty where there is none
     */
    public Optional<Rule> add(Rule rule, Template template) {
      Bound bound = new Bound(rule, template);
      Owned owned = owners.at(template, Owned::new);
      if (rule.effect() instanceof Rule.Effect.Closed) {
        denials.at(template, Owned::new).rules.add(bound);
        return Optional.empty();
      }
      for (Bound other : owned.rules) {
        if (haveCommonMethod(rule, other.rule)) {
          return Optional.of(other.rule);
        }
      }
      owned.rules.add(bound);
      return Optional.empty();
    }

    private static boolean haveCommonMethod(Rule a, Rule b) {
      return a.methods().isEmpty()
          || b.methods().isEmpty()
          || a.methods().stream().anyMatch(b.methods()::contains);
    }

    public RuleSet build() {
      return new RuleSet(service, owners.build(), denials.build());
    }
  }

  public Service service() {
    return service;
  }

  /** Which rule a call meets: a denial wherever it stands, else the owner's rule for the method. */
  Verdict.Located judge(CanonicalPath path, String method) {
    Optional<Owned> denial =
        denials.find(path.segments(), owned -> owned.covering(method).isPresent());
    if (denial.isPresent()) {
      return new Verdict.DeniedByRule(service, denial.get().covering(method).orElseThrow().rule());
    }
    Optional<Bound> bound =
        owners.find(path.segments(), owned -> true).flatMap(owned -> owned.covering(method));
    if (bound.isEmpty()) {
      return new Verdict.NoRule(service);
    }
    Rule rule = bound.get().rule();
    return switch (rule.effect()) {
      case Rule.Effect.Open open -> new Verdict.Open(service, rule);
      case Rule.Effect.Guarded guard ->
          new Verdict.Guarded(
              service, rule, guard, variables(bound.get().template(), path.segments()));
      case Rule.Effect.Closed closed -> new Verdict.DeniedByRule(service, rule);
    };
  }

  private static Map<String, String> variables(Template template, List<String> segments) {
    Map<String, String> variables = Map.of();
    List<Template.Part> parts = template.parts();
    for (int i = 0; i < parts.size(); i++) {
      switch (parts.get(i)) {
        case Template.Part.Literal literal -> {}
        case Template.Part.One one -> variables = with(variables, one.name(), segments.get(i));
        case Template.Part.Rest rest ->
            variables =
                with(
                    variables, rest.name(), String.join("/", segments.subList(i, segments.size())));
      }
    }
    return variables;
  }

  private static Map<String, String> with(
      Map<String, String> variables, String name, String value) {
    Map<String, String> next = variables.isEmpty() ? new HashMap<>() : variables;
    next.put(name, value);
    return next;
  }
}
