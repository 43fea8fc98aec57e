package io.gat.policy.verify.diff;

import io.gat.policy.Rule;
import io.gat.policy.evaluate.PathTemplate;
import io.gat.policy.evaluate.ServiceRules;
import io.gat.policy.evaluate.Standing;
import io.gat.policy.evaluate.Standing.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who gets through at one path with one method, by one version of a service. */
sealed interface Access {
  /** The templates that make it so, the owner of the path first. */
  List<PathTemplate> templates();

  /**
   * Nobody.
   *
   * @param rule the deny rule, where one is the reason
   */
  record Shut(Change.Answer answer, Optional<Rule> rule, List<PathTemplate> templates)
      implements Access {}

  /**
   * Somebody.
   *
   * @param way the rule that is public or says which token it takes
   * @param exceptions deny rules that count in some circumstances
   */
  record Way(Placement way, List<Placement> exceptions, List<PathTemplate> templates)
      implements Access {
    boolean isOpen() {
      return switch (way.rule().effect()) {
        case Rule.Effect.Open open -> true;
        case Rule.Effect.Guarded guarded -> false;
        case Rule.Effect.Closed closed -> throw new IllegalStateException("no way");
      };
    }
  }

  static Access of(Optional<ServiceRules> rules, List<String> segments, String method) {
    return rules
        .map(r -> of(r.standing(segments, method)))
        .orElseGet(() -> new Shut(Change.Answer.NO_SERVICE, Optional.empty(), List.of()));
  }

  static Access of(Standing standing) {
    List<PathTemplate> templates = new ArrayList<>();
    standing.owner().ifPresent(templates::add);
    Optional<Placement> always =
        standing.denials().stream().filter(d -> d.rule().circumstances().isEmpty()).findFirst();
    if (always.isPresent()) {
      templates.add(always.get().template());
      return new Shut(Change.Answer.DENIED, Optional.of(always.get().rule()), templates);
    }
    if (standing.allowance().isEmpty()) {
      return new Shut(Change.Answer.NO_RULE, Optional.empty(), templates);
    }
    return new Way(standing.allowance().get(), standing.denials(), templates);
  }
}
