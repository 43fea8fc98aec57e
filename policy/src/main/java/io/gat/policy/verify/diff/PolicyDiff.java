package io.gat.policy.verify.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that means something else in one policy set than in another.
 *
 * @param changes those of services by the services' names, what opens first; then those of tokens
 */
public record PolicyDiff(List<Change> changes) {
  public PolicyDiff {
    changes = List.copyOf(changes);
  }

  /** True where somebody may get through who did not. */
  public boolean opens() {
    return changes.stream().anyMatch(change -> change.kind().opens());
  }

  /** Compares two sets. */
  public static PolicyDiff between(PolicySet before, PolicySet after) {
    Set<String> services = new TreeSet<>();
    before.policy().services().forEach(s -> services.add(s.name()));
    after.policy().services().forEach(s -> services.add(s.name()));
    Map<String, List<Difference>> reach = Reach.between(before.policy(), after.policy());
    List<Change> changes = new ArrayList<>();
    for (String service : services) {
      ServiceVersion old = new ServiceVersion(before, service);
      ServiceVersion now = new ServiceVersion(after, service);
      List<Difference> whole = new ArrayList<>(reach.getOrDefault(service, List.of()));
      if (old.rules().isPresent() && now.rules().isPresent()) {
        whole.addAll(ServiceChanges.between(old.rules().get(), now.rules().get()));
      }
      if (!whole.isEmpty()) {
        changes.add(new Change.OfService(kind(old, now, whole), service, whole));
      }
      changes.addAll(new CallChanges(service, old, now).find());
    }
    changes.addAll(TokenChanges.between(before.issuance(), after.issuance()));
    return new PolicyDiff(changes);
  }

  private static Change.Kind kind(
      ServiceVersion old, ServiceVersion now, List<Difference> differences) {
    Relation relation =
        differences.stream().map(Difference::relation).reduce(Relation.SAME, Relation::and);
    Change.Kind kind = Change.Kind.of(relation);
    if (old.rules().isEmpty() && kind == Change.Kind.WEAKENED) {
      return Change.Kind.OPENED;
    }
    return now.rules().isEmpty() && kind == Change.Kind.TIGHTENED ? Change.Kind.CLOSED : kind;
  }
}
