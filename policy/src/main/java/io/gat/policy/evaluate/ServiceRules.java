package io.gat.policy.evaluate;

import io.gat.policy.Rule;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One service with its rules, ready to answer. */
public final class ServiceRules {
  private final Service service;
  private final LiteralCase literals;
  private final PathTrie all;
  private final PathTrie denials;

  public ServiceRules(Service service, List<TemplatedRule> rules) {
    this.service = Objects.requireNonNull(service);
    this.literals = LiteralCase.of(service.caseSensitivity());
    List<PathTrie.Placed> everywhere = new ArrayList<>();
    List<PathTrie.Placed> closed = new ArrayList<>();
    for (TemplatedRule rule : rules) {
      for (PathTemplate template : rule.templates()) {
        PathTrie.Placed placed = new PathTrie.Placed(rule.rule(), template);
        everywhere.add(placed);
        if (rule.rule().effect() instanceof Rule.Effect.Closed) {
          closed.add(placed);
        }
      }
    }
    this.all = new PathTrie(everywhere, literals);
    this.denials = new PathTrie(closed, literals);
  }

  /** A rule with its templates, read. */
  public record TemplatedRule(Rule rule, List<PathTemplate> templates) {
    public TemplatedRule {
      Objects.requireNonNull(rule);
      templates = List.copyOf(templates);
    }
  }

  Service service() {
    return service;
  }

  Verdict judge(String method, List<String> segments) {
    List<String> keys = segments.stream().map(literals::key).toList();
    var denial = denials.find(keys, rules -> rules.stream().anyMatch(p -> p.rule().covers(method)));
    if (denial.isPresent()) {
      return new Verdict.DeniedByRule(service, naming(method, denial.get()).getFirst().rule());
    }
    // The owner is chosen by the path alone: a broader template never lends it a method.
    var owner = all.find(keys, rules -> true);
    List<PathTrie.Placed> named = owner.map(rules -> naming(method, rules)).orElse(List.of());
    if (named.isEmpty()) {
      return new Verdict.NoRule(service);
    }
    PathTrie.Placed placed = named.getFirst();
    Rule rule = placed.rule();
    return switch (rule.effect()) {
      case Rule.Effect.Closed closed -> new Verdict.DeniedByRule(service, rule);
      case Rule.Effect.Open open -> new Verdict.Open(service, rule);
      case Rule.Effect.Guarded guard -> {
        Map<String, String> values = placed.template().bind(segments);
        yield new Verdict.Guarded(service, rule, guard, "/" + String.join("/", segments), values);
      }
    };
  }

  private static List<PathTrie.Placed> naming(String method, List<PathTrie.Placed> rules) {
    return rules.stream().filter(p -> p.rule().covers(method)).toList();
  }
}
