package io.gat.policy.evaluate;

import io.gat.policy.Rule;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All that a service's rules say of one path and method, before anything else of a call is known.
 *
 * @param denials the deny rules that match, the most specific first; each counts where its
 *     circumstances apply
 * @param owner the most specific template that matches the path; empty where none does
 * @param allowance the owner's rule for the method, which is public or guarded
 */
public record Standing(
    List<Placement> denials, Optional<PathTemplate> owner, Optional<Placement> allowance) {
  public Standing {
    denials = List.copyOf(denials);
    Objects.requireNonNull(owner);
    Objects.requireNonNull(allowance);
  }

  /** A rule by one of its templates. */
  public record Placement(Rule rule, PathTemplate template) {
    public Placement {
      Objects.requireNonNull(rule);
      Objects.requireNonNull(template);
    }
  }

  /** Where no rule matches. */
  public static Standing nothing() {
    return new Standing(List.of(), Optional.empty(), Optional.empty());
  }
}
