package io.gat.policy.evaluate;

import io.gat.policy.AccessRequest;
import io.gat.policy.Rule;
import io.gat.policy.Selection;
import io.gat.policy.Service;
import io.gat.policy.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One service with its rules, ready to answer. */
public final class ServiceRules {
  private final Service service;
  private final List<TemplatedRule> rules;
  private final LiteralCase literals;
  private final PathTrie all;
  private final @Nullable PathTrie denials;

  public ServiceRules(Service service, List<TemplatedRule> rules) {
    this.service = Objects.requireNonNull(service);
    this.rules = List.copyOf(rules);
    this.literals = LiteralCase.of(service.caseSensitivity());
    ArrayPool pool = new ArrayPool();
    PathTrie.Building everywhere = new PathTrie.Building();
    PathTrie.Building closed = new PathTrie.Building();
    boolean anyClosed = false;
    for (TemplatedRule rule : rules) {
      for (PathTemplate template : rule.templates()) {
        Leaf.Placed placed = new Leaf.Placed(rule.rule(), template, pool);
        everywhere.add(placed, template, literals);
        if (rule.rule().effect() instanceof Rule.Effect.Closed) {
          closed.add(placed, template, literals);
          anyClosed = true;
        }
      }
    }
    this.all = everywhere.build();
    this.denials = anyClosed ? closed.build() : null;
  }

  /** A rule with its templates, read. */
  public record TemplatedRule(Rule rule, List<PathTemplate> templates) {
    public TemplatedRule {
      Objects.requireNonNull(rule);
      templates = List.copyOf(templates);
    }
  }

  public Service service() {
    return service;
  }

  /** Its rules with their templates, in the order of the file. */
  public List<TemplatedRule> rules() {
    return rules;
  }

  /**
   * Everything that the rules say of a path and a method, whatever the circumstances of a call.
   *
   * @param segments a canonical path's
   */
  public Standing standing(List<String> segments, String method) {
    List<Leaf> leaves = all.matching(keys(segments));
    List<Standing.Placement> found = leaves.stream().flatMap(leaf -> leaf.denials(method)).toList();
    return leaves.isEmpty()
        ? Standing.nothing()
        : new Standing(
            found, Optional.of(leaves.getFirst().template()), leaves.getFirst().allowance(method));
  }

  /**
   * What the rules say of a call.
   *
   * @param segments its canonical path's
   */
  Verdict judge(AccessRequest request, List<String> segments, Instant now) {
    List<String> keys = keys(segments);
    String method = request.method();
    if (denials != null) {
      Rule denial = denials.denial(keys, method, request, now);
      if (denial != null) {
        return new Verdict.DeniedByRule(service, denial);
      }
    }
    // The owner is chosen by the path alone: a broader template never lends it a method, and a deny
    // rule that does not apply still owns its paths.
    Leaf owner = all.owner(keys);
    if (owner == null) {
      return new Verdict.NoRule(service);
    }
    Verdict verdict = owner.verdict(service, method, segments);
    Set<String> added = request.addedScopes();
    return added.isEmpty() ? verdict : narrowed(verdict, added, segments);
  }

  /** What the route's configuration asks for beside the rule: a public one takes a token then. */
  private Verdict narrowed(Verdict verdict, Set<String> added, List<String> segments) {
    return switch (verdict) {
      case Verdict.Open open ->
          new Verdict.Guarded(
              service,
              open.rule(),
              new Rule.Effect.Guarded(added, Set.of(), null, null),
              "/" + String.join("/", segments),
              Map.of());
      case Verdict.Guarded guarded ->
          new Verdict.Guarded(
              service,
              guarded.rule(),
              guarded.guard().asking(added),
              guarded.canonicalPath(),
              guarded.path());
      case Verdict.Ambiguous unclear -> unclear;
      case Verdict.NoService none -> none;
      case Verdict.NoRule none -> none;
      case Verdict.DeniedByRule denied -> denied;
    };
  }

  /** Every rule whose path matches, the most specific first, and why it decides or does not. */
  List<Selection.Candidate> candidates(AccessRequest request, List<String> segments, Instant now) {
    List<Leaf> leaves = all.matching(keys(segments));
    return leaves.isEmpty()
        ? List.of()
        : new CandidateList(judge(request, segments, now), request, now).of(leaves);
  }

  private List<String> keys(List<String> segments) {
    if (literals == LiteralCase.EXACT) {
      return segments;
    }
    List<String> keys = new ArrayList<>(segments.size());
    for (int i = 0; i < segments.size(); i++) {
      keys.add(literals.key(segments.get(i)));
    }
    return keys;
  }
}
